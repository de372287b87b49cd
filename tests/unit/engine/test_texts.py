"""What people typed lies apart from the bytes that are hashed: read back as it was, and without a trace in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_workflow.definition.model import Field, FieldType
from qa_workflow.engine import Event, Item, replay
from qa_workflow.engine.events import Kind, read_body
from qa_workflow.engine.json_text import canonical
from qa_workflow.engine.texts import MARK, MISSING, Apart, put_back, read_beside, text_hash, wanted, written
from tests.unit.engine.random_life import Seed, lived
from tests.unit.engine.test_laws import LAWS, SEEDS

SALT = b"not by chance"
FIELDS = {
    "note": Field("note", FieldType.TEXT, "Note"),
    "names": Field("names", FieldType.LIST, "Names"),
    "rating": Field("rating", FieldType.CHOICE, "Rating"),
    "areas": Field("areas", FieldType.LIST, "Areas", of=FieldType.CHOICE),
    "on": Field("on", FieldType.DATE, "On"),
    "lead": Field("lead", FieldType.PERSON, "Lead"),
    "file": Field("file", FieldType.DOCUMENT, "File"),
}
DOCUMENT = {"sha256": "a" * 64, "name": "Mrs A.pdf", "size": 3}
DUE = {"on": "2027-05-01", "at": "x", "why": "on this basis: Mrs A.", "first_on": "x", "first_at": "x"}
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def stored(event: Event, place: str = "1") -> tuple[bytes, str | None]:
    """The bytes of an event, and what lies beside."""
    line, apart = event.line(), Apart(SALT, place, FIELDS)
    apart.line(line)
    return canonical(line), apart.written


def event(**data: Any) -> Event:
    return Event(1, "2027-04-01T09:00:00.000000Z", "ann", Kind.RECORDED, data=data)


@pytest.mark.parametrize(
    "data",
    [
        {"set": {"note": "Mrs A"}},
        {"set": {"names": ["Mrs A", "Mr A"]}},
        {"set": {"file": DOCUMENT}},
        {"set": {"files": [DOCUMENT]}},
        {"set": {"of another version": "Mrs A"}},
        {"before": {"note": "Mrs A"}},
        {"rests_on": {"note": "Mrs A"}},
        {"undisclosed": ["note"], "last_shown": {"note": "Mrs A"}},
        {"hold": ["2027-04-01", "Mrs A", "ann", None]},
        {"basis": "Mrs A"},
        {"patch": {"1": {"due": {**DUE, "fixed": True}}}},
        {"enter": [{"number": 1, "stage": "s", "at": "x", "due": {**DUE, "fixed": True}}]},
    ],
    ids=[
        "text",
        "list",
        "document",
        "documents",
        "unknown",
        "before",
        "rests",
        "shown",
        "hold",
        "basis",
        "patch",
        "enter",
    ],
)
def test_no_kind_of_text_that_people_type_is_within_the_bytes(data: dict[str, Any]) -> None:
    """And each is read back where it was."""
    typed = event(**data)
    body, beside = stored(typed)
    assert b" A" not in body
    assert read_body(body, beside) == typed


def test_a_reason_is_not_within_the_bytes() -> None:
    said = Event(1, "2027-04-01T09:00:00.000000Z", "ann", Kind.COMMENTED, reason="Mrs A has rung")
    body, beside = stored(said)
    assert b"Mrs A" not in body
    assert read_body(body, beside) == said


def test_what_is_chosen_from_what_is_known_stays_within_the_bytes() -> None:
    """People, choices, dates and numbers are no free text; nor are a date's reasons that the program gives."""
    chosen = event(
        set={"rating": "full", "areas": ["north"], "on": "2027-05-01", "lead": "ann", "count": 3, "note": None},
        before="2027-04-30",
        hold=None,
        patch={"1": {"due": DUE}},
    )
    assert stored(chosen) == (canonical(chosen.line()), None)


def test_the_same_text_has_another_hash_in_each_event() -> None:
    """So that of two events nobody can tell that the same was said; within one event it has one."""
    both = event(set={"note": "Mrs A"}, before={"note": "Mrs A"})
    (one,), (other,) = (read_beside(stored(both, place)[1]).items() for place in ("1", "2"))
    assert one[1][1] == other[1][1]
    assert one[0] != other[0]
    assert one[1][0] != other[1][0]
    assert text_hash(*one[1]) == one[0]  # type: ignore[arg-type]


def test_a_salt_has_sixteen_bytes() -> None:
    """Fewer could be gone through, with all that is likely to have been said."""
    salts = [salt for salt, _ in read_beside(stored(event(set={"names": ["Mrs A", "Mr A"]}))[1]).values()]
    assert [len(bytes.fromhex(salt or "")) for salt in salts] == [16, 16]


@given(ANY_TEXT, ANY_TEXT)
def test_whatever_is_typed_is_read_back_and_stands_for_nothing_else(one: str, other: str) -> None:
    """A text that looks like what stands for a text is a text."""
    said = Event(1, "2027-04-01T09:00:00.000000Z", "ann", Kind.RECORDED, reason=one, data={"set": {"note": other}})
    body, beside = stored(said)
    assert read_body(body, beside) == said
    digest = next(iter(read_beside(beside)))
    sly = Event(1, "2027-04-01T09:00:00.000000Z", "ann", Kind.RECORDED, reason=f'{{"{MARK}":"{digest}"}}')
    assert read_body(canonical(sly.line()), beside) == sly
    assert list(wanted(canonical(sly.line()))) == []


def test_what_lies_nowhere_is_read_as_missing() -> None:
    body, _ = stored(event(set={"note": "Mrs A"}))
    assert read_body(body, None).data["set"] == {"note": MISSING}


def test_bytes_of_before_texts_lay_apart_are_read_as_they_are() -> None:
    old = event(set={"note": "Mrs A"}, hold=["2027-04-01", "Mrs A", "ann", None])
    assert put_back(canonical(old.line()), None) == canonical(old.line())


@pytest.mark.parametrize("name", ["times", "review-cancelled-together"])
@settings(LAWS, max_examples=15)
@given(seeds=SEEDS)
def test_an_item_without_its_texts_has_lived_the_same_life(name: str, seeds: list[Seed]) -> None:
    """Put back, they make the item that it was; removed, one that differs in what is said there and in nothing else."""
    life = lived(name, seeds)
    lines = []
    for each in life.events:
        line, apart = each.line(), Apart(SALT, str(each.seq), life.workflow.fields)
        apart.line(line)
        lines.append((canonical(line), apart.written))
    assert replay(read_body(body, beside) for body, beside in lines) == life.item
    words = [(body, beside and written(dict.fromkeys(read_beside(beside), (None, "-")))) for body, beside in lines]
    without = replay(read_body(body, beside) for body, beside in words)
    assert shape(without) == shape(life.item)


def shape(item: Item) -> Any:
    """All of an item but what its texts say: which fields are given is part of it."""
    visits = [(v.number, v.stage, v.due and (v.due.on, v.due.at), v.holder, v.votes, v.fired) for v in item.visits]
    hold = item.hold and (item.hold.since, item.hold.until)
    return item.fields.keys(), visits, hold, item.status, item.outcome, item.did, item.entered, item.slips
