"""Items against their histories: each is told again from its events, and every row about it must be what they make."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from qa_workflow.engine import Item, apply
from qa_workflow.engine.codec import item_to_json
from qa_workflow.engine.dated import dated_apart
from qa_workflow.engine.dates import own_meeting
from qa_workflow.engine.events import event_of, first_link
from qa_workflow.engine.json_text import canonical
from qa_workflow.engine.texts import put_back
from qa_workflow.service.items.gist import gist_field, searchable
from qa_workflow.service.time import incidents
from qa_workflow.store.chain import born_columns, letter_key, letter_mark, micros, searchable_columns, state_columns
from qa_workflow.store.prepared import Prepared
from qa_workflow.store.proof.anchor import Unanchored
from qa_workflow.store.proof.checkpoints import item_stream
from qa_workflow.store.proof.linking import breaks, byte_of, is_whole, read_line
from qa_workflow.store.proof.plans import Definitions
from qa_workflow.store.proof.proving import Case
from qa_workflow.store.proof.requests import Answers
from qa_workflow.store.proof.scanning import Groups, Line, scan
from qa_workflow.store.proof.texts import prove_texts
from qa_workflow.store.statements import EVENT, INCIDENT, ITEM, OUTBOX, SEARCHABLE, STEP, TIMER, WAITING
from qa_workflow.store.upkeep import Upkeep

_CHAINED = ("id", "key", "reference", "revision", "head")
"""The columns of an item's row that say where its history ends."""
_COLUMNS = (*_CHAINED, *(c.name for c in ITEM.c if c.name not in _CHAINED))
_SHORT, _WHOLE = (
    Prepared(select(*(ITEM.c[name] for name in names)).order_by(ITEM.c.id)) for names in (_CHAINED, _COLUMNS)
)
_LINKS = select(EVENT.c.item_id, EVENT.c.seq, EVENT.c.at, EVENT.c.body, EVENT.c.hash)
_HASHED, _EVENTS = (
    Prepared(lines.order_by(EVENT.c.item_id, EVENT.c.seq)) for lines in (_LINKS, _LINKS.add_columns(EVENT.c.texts))
)
_TIMERS = Prepared(select(TIMER.c.item_id, TIMER.c.visit, TIMER.c.name, TIMER.c.fire_at).order_by(TIMER.c.item_id))
_WAITING = Prepared(
    select(WAITING.c.item_id, WAITING.c.body, WAITING.c.key, WAITING.c.visit, WAITING.c.on_agenda).order_by(
        WAITING.c.item_id
    )
)
_STEPS = Prepared(
    select(STEP.c.item_id, STEP.c.visit, STEP.c.stage, STEP.c.owner, STEP.c.due_at, STEP.c.first_at).order_by(
        STEP.c.item_id
    )
)
_SEARCHABLE = Prepared(select(SEARCHABLE).order_by(SEARCHABLE.c.item_id))
_LETTERS = Prepared(
    select(
        OUTBOX.c.item_id,
        OUTBOX.c.key,
        OUTBOX.c.kind,
        OUTBOX.c.recipient,
        OUTBOX.c.payload,
        OUTBOX.c.seq,
        OUTBOX.c.texts,
    )
    .where(OUTBOX.c.item_id.is_not(None))
    .order_by(OUTBOX.c.item_id)
)


@dataclass(slots=True)
class _Told:
    """An item as its history tells it, with what the histories say beside the events."""

    item: Item | None = None
    owner: str | None = None
    holders: Mapping[str, str] = field(default_factory=dict)
    cycle: str | None = None
    timers: dict[str, Mapping[str, int]] = field(default_factory=dict)
    letters: dict[str, tuple[int, str]] = field(default_factory=dict)
    requests: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By key: the last event that was asked for under it, and its instant."""


def prove_items(case: Case, anchor: Unanchored) -> None:
    """Check every item."""
    rows = scan(case.connection, _WHOLE if case.deep else _SHORT)
    events = Groups(scan(case.connection, _EVENTS if case.deep else _HASHED), _stray(case, "event"))
    beside = _Beside(case) if case.deep else None
    not_found = dict.fromkeys(case.opened)
    for values in rows:
        number, key, reference = values[:3]
        lines = events.take(number)
        case.items += 1
        case.events += len(lines)
        case.told()
        place = f"item {reference}"
        _prove_chain(case, place, values, lines)
        anchor.see(item_stream(key), place, lines)
        if key in case.opened:
            not_found.pop(key, None)
        else:
            case.find(place, None, "item.key", "no history of openings knows it")
        if beside is not None:
            row = dict(zip(_COLUMNS, values, strict=True))
            told = _tell(case, place, row, lines)
            beside.check(place, row, told)
            if told.item is not None:
                _compare(case, place, row, told, told.item)
    events.finish()
    if beside is not None:
        beside.finish()
    for key in not_found:
        case.find(f"item {case.opened[key]}", None, "item", "it was opened, and its row is not there")


def prove_one(case: Case, row: Mapping[str, Any], lines: Sequence[Line]) -> None:
    """Check one item by itself: its chain, and its row against what its history makes of it."""
    place = f"item {row['reference']}"
    _prove_chain(case, place, [row[name] for name in _CHAINED], lines)
    told = _tell(case, place, row, lines)
    if told.item is not None:
        _compare(case, place, row, told, told.item)


def _prove_chain(case: Case, place: str, values: Sequence[Any], lines: Sequence[Line]) -> None:
    """A history must be whole, and end where the item's row says."""
    _, key, _, revision, head = values[: len(_CHAINED)]
    whole = is_whole(first_link(case.house, key), lines)
    if not (whole and len(lines) == revision and lines and lines[-1][4] == head):
        _broken(case, place, values, lines)


def _stray(case: Case, table: str) -> Callable[[Any, list[Line]], None]:
    def note(row: Any, lines: list[Line]) -> None:
        what = f"{len(lines)} rows belong to item row {row}, which is not there"
        case.find(f"table {table!r}", None, f"{table}.item_id", what)

    return note


def _broken(case: Case, place: str, values: Sequence[Any], lines: Sequence[Line]) -> None:
    """What does not fit in a history that is not whole, or does not end where the item's row says."""
    _, key, _, revision, head = values[: len(_CHAINED)]
    found = list(breaks(first_link(case.house, key), lines, head))
    for number, column, what in found:
        case.find(place, number, f"event.{column}", what)
    last = lines[-1][1] if lines else 0
    if last < revision:
        what = f"the item is at event {revision}, and its history ends with {last}: the end is missing"
        case.find(place, last + 1, "event or item.revision", what)
    elif last > revision:
        what = f"the item is at event {revision}, and its history goes on to {last}"
        case.find(place, last, "item.revision", what)
    elif lines and bytes(lines[-1][4]) != head and not any(number == last for number, *_ in found):
        case.find(place, last, "item.head", "it is not the hash of the last event")


def _tell(case: Case, place: str, row: Mapping[str, Any], lines: Sequence[Line]) -> _Told:
    """Tell a history again as far as it can be read."""
    told = _Told()
    rearmed = case.rearmed.get(row["key"], [])
    for _, seq, at, body, _, texts in lines:
        try:
            line = read_line(put_back(body, prove_texts(case, (place, seq, "event.texts"), body, texts)))
            if (line["item"], line["seq"], micros(line["at"])) != (row["key"], seq, at):
                case.find(place, seq, "event.at or seq", "its columns are not what its bytes say")
            if line["definition"] not in case.definitions:
                case.find(
                    place, seq, "event.body", f"its definition {line['definition'][:12]}… was never published here"
                )
            told.item = apply(told.item, event_of(line))
            _beside(told, row["key"], line, at)
            for revision, timers in rearmed:
                if revision == seq:
                    told.timers.update(timers)
            for document in documents_of(line["data"].get("set", {}).values()):
                if document not in case.kept:
                    case.find(
                        place, seq, "document", f"document {document[:12]}… is evidence, and is not in the list as such"
                    )
        except Exception as fault:  # noqa: BLE001  changed bytes may be anything
            case.find(place, seq, f"event.body{byte_of(fault)}", f"it cannot be read ({fault})")
            told.item = None
            break
    return told


def _beside(told: _Told, key: str, line: Mapping[str, Any], at: int) -> None:
    seq = line["seq"]
    if line["request"] is not None:
        told.requests[line["request"]] = (seq, at)
    if "owner" in line:
        told.owner, told.holders, told.cycle = line["owner"], line.get("holders", {}), line.get("cycle")
    told.timers.update(line.get("timers", {}))
    for number, mark in line.get("letters", {}).items():
        told.letters[letter_key(key, seq, number)] = (seq, mark)


def documents_of(values: Any) -> Iterator[str]:
    """The SHA-256 of every document among the values of fields."""
    for value in values:
        if isinstance(value, dict) and isinstance(value.get("sha256"), str):
            yield value["sha256"]
        elif isinstance(value, list):
            yield from documents_of(value)


def _compare(case: Case, place: str, row: Mapping[str, Any], told: _Told, item: Item) -> None:
    """Every column of the item's row must be what its history makes it."""
    wanted = {**born_columns(item), **state_columns(item), "owner": told.owner, "cycle": told.cycle}
    del wanted["revision"]  # the chain has seen to it
    state = wanted.pop("state")
    for column, value in wanted.items():
        if row[column] != value:
            case.find(
                place,
                None,
                f"item.{column}",
                f"it says {_shown(row[column])}, and the history makes it {_shown(value)}",
            )
    if row["state"] != state and not _is_same(row["state"], item):
        case.find(
            place, None, f"item.state{_first_difference(row['state'], state)}", "it is not what the history makes it"
        )


def _is_same(state: str, item: Item) -> bool:
    """Whether a stored state is the item in another order of names, or as 0.1 wrote it."""
    try:
        found = json.loads(state)
        compact = json.dumps(found, separators=(",", ":"), ensure_ascii=False)
        for visit in (*found["visits"], *found.get("kept", ())):
            if visit.get("due") and visit["due"].get("fixed") is False:
                del visit["due"]["fixed"]  # 0.1 wrote it where a date was not fixed; now it is left out
        return compact == state and canonical(found) == canonical(json.loads(item_to_json(item)))
    except (ValueError, KeyError, TypeError, AttributeError):  # changed bytes may be anything
        return False


def _first_difference(state: str, wanted: str) -> str:
    """Where the stored state leaves the retold one; the order of names is that of the stored one where both have it."""
    try:
        found, should = json.loads(state), json.loads(wanted)
        names = [name for name in {**should, **found} if found.get(name) != should.get(name)]
    except (ValueError, AttributeError) as fault:
        return byte_of(fault)
    return f", {', '.join(names)}" if names else ""


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


class _Beside:
    """The rows beside an item: what time will do, what it waits for, what leaves because of it."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._timers = Groups(scan(case.connection, _TIMERS), _stray(case, "timer"))
        self._waiting = Groups(scan(case.connection, _WAITING), _stray(case, "waiting"))
        self._letters = Groups(scan(case.connection, _LETTERS), _stray(case, "outbox"))
        self._steps = Groups(scan(case.connection, _STEPS), _stray(case, "step"))
        self._searchable = Groups(scan(case.connection, _SEARCHABLE), _stray(case, "searchable"))
        of_time = select(INCIDENT.c.item_id, INCIDENT.c.outcome, INCIDENT.c.settled_at)
        found = list(case.connection.execute(of_time.where(INCIDENT.c.kind == incidents.TIMER)))
        self._definitions = Definitions(case.connection)
        self._answers = Answers(case)
        self._clock_waits = bool(Upkeep(case.connection).unsettled(incidents.CLOCK))
        self._put_off = {item for item, outcome, _ in found if outcome != incidents.TRIED_AGAIN}
        self._looked_again = {(item, at) for item, outcome, at in found if outcome == incidents.TRIED_AGAIN}

    def check(self, place: str, row: Mapping[str, Any], told: _Told) -> None:
        """One item; rows must be handed over even if its history could not be told."""
        timers, waiting, letters = (rows.take(row["id"]) for rows in (self._timers, self._waiting, self._letters))
        steps, searchable = self._steps.take(row["id"]), self._searchable.take(row["id"])
        if told.item is not None:
            self._check_steps(place, told, told.item, steps)
            self._check_searchable(place, told.item, searchable)
            self._check_timers(place, row, told, told.item, timers)
            self._check_waiting(place, told.item, waiting)
            self._check_letters(place, told, letters)
        self._answers.check(place, row["key"], told.requests)

    def finish(self) -> None:
        """What is left belongs to no item."""
        for rows in (self._timers, self._waiting, self._letters, self._steps, self._searchable):
            rows.finish()
        self._answers.finish()

    def _check_timers(self, place: str, row: Mapping[str, Any], told: _Told, item: Item, lines: Sequence[Line]) -> None:
        find = self._case.find
        wanted = {(int(visit), name): at for visit, timers in told.timers.items() for name, at in timers.items()}
        there = {(visit, name): at for _, visit, name, at in lines}
        for visit, name in sorted(wanted.keys() | there.keys()):
            key, said = (visit, name), f"timer {name!r} of visit {visit}"
            if key not in there:
                find(place, None, "timer", f"{said} is missing")
            elif key not in wanted:
                find(place, None, "timer", f"{said} is there, and no event has set it")
            elif there[key] != wanted[key]:
                find(place, None, "timer.fire_at", f"{said} fires at another time than the history set")
            if key in there and (item.is_over or item.visit(visit) is None):
                find(place, None, "timer.visit", f"{said} is there, and that visit is over")
        first = min(wanted.values(), default=None)
        if row["next_at"] != first and not self._is_put_off(row["id"], row["next_at"]):
            find(
                place,
                None,
                "item.next_at",
                "it is not when the first timer fires, so the clock looks at the wrong time",
            )

    def _is_put_off(self, row: int, next_at: int | None) -> bool:
        """Whether the clock looks at another time because an item could not be decided."""
        if next_at is None:
            return False
        return self._clock_waits or row in self._put_off or (row, next_at) in self._looked_again

    def _check_waiting(self, place: str, item: Item, lines: Sequence[Line]) -> None:
        wanted = set() if item.is_over else {(s.body, s.key, v.number) for v in item.visits for s in v.sittings}
        there = {(body, key, visit) for _, body, key, visit, _ in lines}
        for body, key, visit in sorted(wanted ^ there):
            what = "is missing" if (body, key, visit) in wanted else "is there, and nothing waits for it"
            self._case.find(place, None, "waiting", f"visit {visit} and the meeting of {body} on {key}: the row {what}")
        workflow = self._definitions.workflow(item.definition) if lines else None
        governance = self._definitions.governance if lines else None
        for _, body, key, number, on_agenda in lines:
            visit = item.visit(number)
            stage = workflow.stages.get(visit.stage) if workflow is not None and visit is not None else None
            if stage is None or visit is None or not visit.sittings:
                continue
            # until 0.2 it stood on the agendas of those that it only counts from, too
            own = own_meeting(governance, stage, visit) if governance is not None else None
            if stage.meeting is None if on_agenda else (own is not None and own.body == body):
                what = f"visit {number} and the meeting of {body} on {key}: it stands on the agenda wrongly, or not"
                self._case.find(place, None, "waiting.on_agenda", what)

    def _check_searchable(self, place: str, item: Item, lines: Sequence[Line]) -> None:
        workflow = self._definitions.workflow(item.definition)
        if not lines:
            self._case.find(place, None, "searchable", "no search finds it: its row is missing")
        elif workflow is not None:
            about = searchable(gist_field(workflow), item.fields, item.undisclosed)
            wanted = searchable_columns(item, about)
            for column, said in zip(wanted, lines[0][1:], strict=True):
                if said != wanted[column]:
                    what = "searches find it by something else than the history makes it"
                    self._case.find(place, None, f"searchable.{column}", what)

    def _check_steps(self, place: str, told: _Told, item: Item, lines: Sequence[Line]) -> None:
        wanted = {
            (v.number, v.stage, told.holders.get(str(v.number), told.owner), micros(v.due.at), micros(v.due.first_at))
            for v in dated_apart(item)
            if v.due is not None
        }
        there = {tuple(line[1:]) for line in lines}
        for step in sorted(wanted ^ there):
            what = "is missing" if step in wanted else "is there, and the history does not make it"
            self._case.find(place, None, "step", f"the due date of visit {step[0]} at {step[1]}: the row {what}")

    def _check_letters(self, place: str, told: _Told, lines: Sequence[Line]) -> None:
        there = {
            key: (seq, letter_mark(kind, recipient, payload)) for _, key, kind, recipient, payload, seq, _ in lines
        }
        for _, _, _, _, payload, seq, texts in lines:
            prove_texts(self._case, (place, seq, "outbox.texts"), payload.encode(), texts)
        for key in sorted(told.letters.keys() | there.keys()):
            seq = told.letters[key][0] if key in told.letters else there[key][0]
            if key not in there:
                self._case.find(place, seq, "outbox", f"letter {key} is missing")
            elif key not in told.letters:
                self._case.find(place, seq, "outbox", f"letter {key} is there, and no event has asked for it")
            elif there[key] != told.letters[key]:
                self._case.find(place, seq, "outbox.payload", f"letter {key} is not the one that was written")
