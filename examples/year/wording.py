"""How the story words things: people, dates, references, and every event that is worth a line of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from qa_workflow.calendar import local_date, long_date, parse_period
from qa_workflow.calendar.words import counted, listed
from qa_workflow.definition import Governance
from qa_workflow.engine import Kind
from qa_workflow.engine.item import Visit, instant
from year.house import Happening

_ORDINALS = {1: "first", 2: "second", 3: "third"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story. Lines that differ only in their item become one; `{items}` stands for it in the text."""

    tag: str
    text: str
    item: str = ""


def who(name: str, governance: Governance) -> str:
    """A person, or a role, as "the quality lead" or "the contact of Gloucestershire Hospitals"."""
    if name.startswith("system:"):
        return "the clock"
    title = governance.people[name].title if name in governance.people else governance.roles[name].title
    if title.startswith("Contact, "):
        return f"the contact of {title.removeprefix('Contact, ')}"
    return f"the {title}" if title.startswith("Healthwatch") else f"the {title[0].lower()}{title[1:]}"


def sentence(text: str) -> str:
    """With a capital at the beginning, and all others left as they are."""
    return f"{text[0].upper()}{text[1:]}"


def day(text: str) -> str:
    """An ISO date as "6 August 2027"."""
    return long_date(date.fromisoformat(text[:10]))


def items(references: Sequence[str]) -> str:
    """References in a row; of those that begin alike only the first in full: "PA/2027-28-Q1/ghft and ghc"."""
    words: list[str] = []
    above = ""
    for reference in references:
        head, _, tail = reference.rpartition("/")
        words.append(tail if head == above else reference)
        above = head
    return listed(words)


def days_late(happening: Happening) -> int:
    """By how many calendar days a step came after its due date; 0 in time."""
    visit, at = _left(happening), instant(happening.event.at)
    if visit is None or visit.due is None or at <= instant(visit.due.at):
        return 0
    return (local_date(at) - date.fromisoformat(visit.due.on)).days


def meeting_missed(happening: Happening) -> str:
    """What came too late for a meeting's papers waits for the next one; said where that has happened."""
    visit = _left(happening)
    begun = [v for v in happening.after.visits if v.at == happening.event.at]
    for waits in (sitting for each in begun for sitting in each.sittings):
        before = visit.sitting(waits.body) if visit else None
        if before is not None and before.at < waits.at:
            old, new = (long_date(local_date(instant(s.at))) for s in (before, waits))
            return f" Too late for the papers of {old}: it waits for the meeting of {new}."
    return ""


def line_of(happening: Happening, governance: Governance) -> Line | None:
    """An event as a line; None for what is routine and only counted."""
    wording = _WORDINGS.get(happening.event.kind)
    told = wording(happening, governance) if wording else None
    return Line(*told, happening.after.reference) if told else None


Told = tuple[str, str] | None
"""Tag and text."""


def _opened(happening: Happening, _: Governance) -> Told:
    item, due = happening.after, happening.after.due()
    if happening.event.actor != "system:clock":
        until = f" Due on {day(due.on)}." if due else ""
        return "agreed", f"{{items}}: {item.fields.get('action')}.{until}"
    late = _opened_late(happening)
    return "opened", f"The clock opens “{happening.workflow.title}” for {item.period}{late}: {{items}}."


def _opened_late(happening: Happening) -> str:
    """Both shipped cycles open on the first day after their period."""
    item = happening.after
    period = parse_period(happening.workflow.period or "", item.period or "")
    late = (local_date(instant(item.opened_at)) - period.end).days - 1
    return f", {counted(late, 'day')} late and all the same" if late else ""


def _moved(happening: Happening, governance: Governance) -> Told:
    event, item = happening.event, happening.after
    step = happening.workflow.stages[event.source or ""].transitions[event.trigger or ""]
    missed, late = meeting_missed(happening), days_late(happening)
    done = f"{{items}}: “{step.title}”"
    if event.actor == "system:clock":
        return "clock", f"{done}; closed as “{item.outcome}”." if item.is_over else f"{done}."
    if step.needs_reason:
        due = item.due()
        until = f" Now due on {day(due.on)}." if due else ""
        return "back", f"{done}, says {who(event.actor, governance)}: {event.reason}.{until}"
    if late:
        return "late", f"{done} by {who(event.actor, governance)}, {counted(late, 'calendar day')} late.{missed}"
    return ("late", f"{{items}}:{missed}") if missed else None


def _overdue(happening: Happening, governance: Governance) -> Told:
    item, stage = happening.after, happening.workflow.stages[happening.event.source or ""]
    visit = _left(happening)
    due = f" was due on {day(visit.due.on)}" if visit and visit.due else ""
    again = f" (its {_ORDINALS.get(item.slips, 'next')} time late)" if item.slips > 1 else ""
    named = [str(item.fields[name]) for name in stage.owner.fields if item.fields.get(name)]
    holders = listed([who(name, governance) for name in (*named, *stage.owner.roles)], "or")
    return "overdue", f"{{items}}: “{stage.title}”{due}{again}; with {holders}."


def _escalated(happening: Happening, governance: Governance) -> Told:
    """The first rung is for those who have it anyhow, and is only counted."""
    if happening.event.data["rung"] == 1:
        return None
    to = listed([who(name, governance) for name in happening.event.data["to"]])
    return "up", f"Still nothing: {{items}} brought to {to}."


def _lapsed(happening: Happening, _: Governance) -> Told:
    stages, event = happening.workflow.stages, happening.event
    outcome = event.data["lapsed"]["outcome"]
    onward = f" It goes on to “{stages[event.target].title}”." if event.target else ""
    recorded = f"recorded as “{outcome}”, not as approval"
    return "lapsed", f"{{items}}: time is up for “{stages[event.source or ''].title}”; {recorded}.{onward}"


def _held(happening: Happening, governance: Governance) -> Told:
    return "hold", f"{{items}}: {who(happening.event.actor, governance)} stops its clock: {happening.event.reason}."


def _resumed(happening: Happening, _: Governance) -> Told:
    stopped = happening.before.visits if happening.before else ()
    before = min((visit.due for visit in stopped if visit.due), key=lambda due: due.at, default=None)
    after = happening.after.due()
    moved = f" Due on {day(after.on)} instead of {day(before.on)}." if before and after else ""
    return "resume", f"{{items}}: its clock runs again: {happening.event.reason}.{moved}"


def _date_changed(happening: Happening, governance: Governance) -> Told:
    said, event = happening.event.data, happening.event
    person, approver = (who(name, governance) for name in (event.actor, said["approver"]))
    dates = f"due on {day(said['after'])} instead of {day(said['before'])}"
    return "date", f"{{items}}: {dates}, by {person}, approved by {approver}, on the {said['basis']}: {event.reason}."


def _waived(happening: Happening, _: Governance) -> Told:
    return ("waits", f"{{items}}: {happening.event.reason}.") if happening.event.reason else None


def _left(happening: Happening) -> Visit | None:
    before, source = happening.before, happening.event.source
    return before.at_stage(source) if before and source else None


_WORDINGS: dict[Kind, Callable[[Happening, Governance], Told]] = {
    Kind.OPENED: _opened,
    Kind.MOVED: _moved,
    Kind.OVERDUE: _overdue,
    Kind.ESCALATED: _escalated,
    Kind.LAPSED: _lapsed,
    Kind.WAIVED: _waived,
    Kind.HELD: _held,
    Kind.RESUMED: _resumed,
    Kind.DATE_CHANGED: _date_changed,
}
