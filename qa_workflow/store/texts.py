"""What lies beside events and letters: all that was typed at one item, and how it is taken out and put back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from msgspec.json import Decoder
from sqlalchemy import Connection, select, update

from qa_workflow.engine.json_text import ENCODER
from qa_workflow.engine.texts import read_beside, written
from qa_workflow.service.ports.store import Typed
from qa_workflow.store.statements import EVENT, ITEM, OUTBOX, REQUEST

_KEPT = Decoder(list[Typed])


def typed(connection: Connection, row: int) -> Iterator[Typed]:
    """All that was typed at the item of this row, as it lies beside its events, and beside what left it."""
    events = select(EVENT.c.seq, EVENT.c.texts).where(EVENT.c.item_id == row, EVENT.c.texts.is_not(None))
    for seq, kept in connection.execute(events.order_by(EVENT.c.seq)).all():
        yield from _each(row, seq, None, kept)
    letters = select(OUTBOX.c.seq, OUTBOX.c.key, OUTBOX.c.texts)
    mine = letters.where(OUTBOX.c.item_id == row, OUTBOX.c.texts.is_not(None)).order_by(OUTBOX.c.id)
    for seq, key, kept in connection.execute(mine).all():
        yield from _each(row, seq, key, kept)


def _each(row: int, seq: int, letter: str | None, kept: str) -> Iterator[Typed]:
    for digest, (salt, said) in read_beside(kept).items():
        yield Typed(row, seq, letter, digest, salt, said)


def lay(connection: Connection, texts: Iterable[Typed]) -> None:
    """Let each lie where it belongs, in place of what lies there."""
    of_one = attrgetter("row", "seq", "letter")
    for (row, seq, letter), found in groupby(sorted(texts, key=_order), of_one):
        one = (EVENT.c.item_id == row, EVENT.c.seq == seq) if letter is None else (OUTBOX.c.key == letter,)
        table = EVENT if letter is None else OUTBOX
        beside = read_beside(connection.execute(select(table.c.texts).where(*one)).scalar_one())
        beside |= {each.sha256: (each.salt, each.text) for each in found}
        connection.execute(update(table).where(*one).values(texts=written(beside)))


def _order(each: Typed) -> tuple[int, int, str]:
    return each.row, each.seq, each.letter or ""


def unask(connection: Connection, texts: Iterable[Typed]) -> None:
    """Forget the hash of what was asked when these were typed: it is without a salt, and could be guessed back."""
    for row, seq in sorted({(each.row, each.seq) for each in texts}):
        stored = select(EVENT.c.body).where(EVENT.c.item_id == row, EVENT.c.seq == seq)
        key = json.loads(connection.execute(stored).scalar_one())["request"]
        answer = connection.execute(select(REQUEST.c.answer).where(REQUEST.c.key == key)).scalar()
        if answer is not None:
            said = {name: value for name, value in json.loads(answer).items() if name != "about"}
            connection.execute(update(REQUEST).where(REQUEST.c.key == key).values(answer=ENCODER.encode(said).decode()))


def family(connection: Connection, key: str) -> list[int]:
    """Rows of an item, of those above it, and of all below those, in the order in which they are to be locked."""
    top: str | None = key
    while top is not None:
        key = top
        top = connection.execute(select(ITEM.c.parent_id).where(ITEM.c.key == key)).scalar()
    found: list[int] = []
    keys: Sequence[str] = [key]
    below = select(ITEM.c.key)
    while keys:
        found += connection.execute(select(ITEM.c.id).where(ITEM.c.key.in_(keys))).scalars()
        keys = connection.execute(below.where(ITEM.c.parent_id.in_(keys))).scalars().all()
    return sorted(found)


def written_kept(texts: Iterable[Typed]) -> str:
    """What is kept back while somebody decides, as JSON."""
    return ENCODER.encode(list(texts)).decode()


def read_kept(kept: str) -> list[Typed]:
    """The same, from JSON; raises `ValueError` where it is not that."""
    return _KEPT.decode(kept)
