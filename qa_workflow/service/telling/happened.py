"""Each kind of event in sentences: who decided what, until when, on what basis, and what time did by itself.

The first sentence says what happened; those after it, what it rests on. A test holds that no fact of an event can be
another without the sentences being others (tests/service/test_whole_story.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import JOINED
from qa_workflow.engine import Event, Item
from qa_workflow.engine.events import COLLEAGUES_ONLY, TOLD_OF_IT, WHY_LATE, Kind
from qa_workflow.engine.item import CANCELLED, LAPSE, Visit, instant
from qa_workflow.engine.timer_names import which
from qa_workflow.service.telling.meetings import was_before_it_had_met
from qa_workflow.service.telling.naming import Naming
from qa_workflow.service.telling.words import day_words

_AT_ONCE = timedelta(minutes=1)
"""What the clock does within this of its time needs no word about when that was."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event, between the item as it was and as it became; `reached`: the highest rung climbed in that moment."""

    naming: Naming
    event: Event
    before: Item | None
    after: Item
    reached: int = 0
    above: str = ""
    """The reference of the item that it is part of, where it is one that the reader sees."""

    def sentences(self) -> list[str]:
        """What happened, then what it rests on."""
        return list(_SAYS[self.event.kind](self))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that were filled in or emptied, as far as they are told."""
        return tuple(self.event.data.get("set", ()))

    @property
    def source(self) -> str:
        return self.naming.stages(self.event.source)

    @property
    def target(self) -> str:
        return self.naming.stages(self.event.target)

    @property
    def step(self) -> str:
        """The title of the step that was made, or asked for."""
        return self.naming.step(self.event.trigger or "", self.event.source)

    @property
    def workflow(self) -> Workflow:
        """The definition under which it happened."""
        return self.naming.world.workflow((self.before or self.after).definition)

    @property
    def visit(self) -> Visit | None:
        """The stay at the stage where it happened, as it was before."""
        source = self.event.source
        return next((v for v in self.before.visits if v.stage == source), None) if self.before else None

    def way(self, what: str) -> str:
        """With from where to where."""
        source, target = self.source, self.target
        if not target:
            return f"{what}: {source} is done" if source else what
        return f"{what}: from {source} to {target}" if source and source != target else f"{what} at {target}"

    def meant_for(self) -> Iterator[str]:
        """When the clock should have done it, where it came to it later."""
        due = self.event.data.get("due_at")
        if due and instant(self.event.at) - instant(due) >= _AT_ONCE:
            yield f"Its time was {self.naming.instant(due)}"

    def early(self) -> Iterator[str]:
        """That the meeting which decides had not been held."""
        visit = self.visit
        if visit is not None:
            at = instant(self.event.at)
            if said := was_before_it_had_met(self.naming.world, self.workflow, visit, at):
                yield said


def _opened(it: Happened) -> Iterator[str]:
    born = it.event.data["item"]
    part = f" as part of {it.above or 'another item'}" if born.get("parent") else ""
    yield f"Opened{part} at {it.target}"
    yield f"Under version {born['version']} of its workflow"


def _moved(it: Happened) -> Iterator[str]:
    yield it.way(it.step)
    yield from it.early()
    yield from it.meant_for()


def _voted(it: Happened) -> Iterator[str]:
    cast, needed = it.event.data["votes"]
    yield f"Voted for “{it.step}” at {it.source}: {cast} of {needed} votes"
    yield from it.early()


def _joined(it: Happened) -> Iterator[str]:
    yield it.way("What was waited for is done")
    visit = it.visit
    parallel = it.workflow.stages[visit.stage].parallel if visit else None
    if visit is not None and parallel is not None:
        done = [parallel.branches[name].title for name in visit.finished if name in parallel.branches]
        yield f"Done: {', '.join(done)}" if done else "No branch was started"
    elif visit is not None and visit.expected:
        yield f"{len(visit.children)} of {visit.expected} sub-items had ended"


def _recorded(it: Happened) -> Iterator[str]:
    yield f"Filled in {it.naming.labels(it.fields)}"


def _claimed(it: Happened) -> Iterator[str]:
    yield f"Took on {it.source}"


def _released(it: Happened) -> Iterator[str]:
    yield f"Gave back {it.source}"


def _assigned(it: Happened) -> Iterator[str]:
    had = it.event.data.get("before")
    before = f"; {it.naming.titles([had])} had it before" if had else ""
    yield f"Gave {it.source} to {it.naming.titles([it.event.data['to']])}{before}"


def _held(it: Happened) -> Iterator[str]:
    until = it.event.data["hold"][3]
    if until:
        yield f"Put on hold until {it.naming.instant(until)}; then it goes on by itself"
    else:
        yield "Put on hold until somebody resumes it"


def _resumed(it: Happened) -> Iterator[str]:
    yield "Resumed"
    if it.before is not None and it.before.hold is not None:
        yield f"It was on hold since {it.naming.instant(it.before.hold.since)}"


def _cancelled(it: Happened) -> Iterator[str]:
    yield f"Cancelled at {it.source}"
    if it.before is not None and any(len(v.children) < v.expected for v in (*it.before.visits, *it.before.kept)):
        yield "Its open sub-items are withdrawn with it"


def _corrected(it: Happened) -> Iterator[str]:
    fields = it.naming.labels(it.fields)
    if it.event.target:
        again = "put back" if it.before is None or it.event.target in it.before.entered else "moved on"
        again = f"opened again and {again}" if it.before is not None and it.before.is_over else again
        yield it.way(f"Corrected: {again}" if it.event.source != it.event.target else "Corrected: begun again")
    else:
        yield f"Corrected {fields}" if fields else "Corrected"


def _date_changed(it: Happened) -> Iterator[str]:
    facts, naming = it.event.data, it.naming
    before = f"from {day_words(facts['before'])} " if facts.get("before") else ""
    approver = facts.get("approver")
    right = " by their own right" if approver in (it.event.actor, it.event.acting_for) else ""
    by = f", approved by {naming.titles([approver])}{right}" if approver else ""
    yield f"Due date of {it.source} changed {before}to {day_words(facts['after'])}{by}"
    yield f"Basis: {facts['basis']}"
    if (visit := it.after.at_stage(it.event.source or "")) and visit.due and visit.due.first_on != facts.get("before"):
        yield f"The date first given was {day_words(visit.due.first_on)}"


def _meeting_moved(it: Happened) -> Iterator[str]:
    yield meeting_moved(it.naming, it.event)


def meeting_moved(naming: Naming, event: Event) -> str:
    """Which meeting was moved or called off: its body, and the day for which it was planned."""
    facts = event.data
    held_at = facts.get("held_at")
    what = f"moved to {naming.instant(held_at)}" if held_at else "called off"
    title = naming.body(facts["body"], event.at)
    return f"The meeting of {title} planned for {day_words(facts['key'])} was {what}"


def _migrated(it: Happened) -> Iterator[str]:
    facts, naming = it.event.data, it.naming
    before, after = facts["before"][0], facts["pins"][0]
    moved = f"Moved to another version of its workflow, from version {before} to version {after}"
    yield it.way(moved) if it.event.target else moved
    if facts.get("approver"):
        yield f"Version {after} was approved by {naming.titles([facts['approver']])}"
    for old, new in (facts.get("instead") or {}).items():
        yield f"As whoever moved it chose: {_called(it, old)} became {_called(it, new) if new != 'done' else 'done'}"
    restarted = [v for v in it.after.visits if v.number in facts.get("restarted", ())]
    for visit in restarted:
        yield f"{naming.stages(visit.stage)} counts from now"


def _called(it: Happened, path: str) -> str:
    """A stage or a step of a definition, by its title."""
    for version in (it.workflow, it.naming.world.workflow(it.after.definition)):
        if path in version.stages:
            return f"“{version.stages[path].title}”"
        if path in version.triggers():
            return f"“{version.triggers()[path].title}”"
    return f"“{path}”"


def _reminded(it: Happened) -> Iterator[str]:
    if it.event.data.get("dropped"):
        yield f"Reminder for {it.source} dropped: its date had passed before it could be sent"
    else:
        yield f"Reminder of {it.source} sent{_recipients(it)}"
    yield from it.meant_for()


def _recipients(it: Happened) -> str:
    """To whom a reminder goes, by the definition of then."""
    stage = it.workflow.stages.get(it.event.source or "")
    number = int(which(it.event.data["timer"]))
    if stage is None or number >= len(stage.reminders):
        return ""
    whom = it.naming.meant(stage.reminders[number].to or stage.owner, it.after)
    return f" to {whom}" if whom else ""


def _overdue(it: Happened) -> Iterator[str]:
    visit, slip = it.visit, it.event.data.get("slip")
    due = it.naming.due(visit.due) if visit is not None and visit.due is not None and visit.due.at == slip else None
    since = due or (it.naming.day(slip) if slip else None)
    yield f"{it.source} became overdue" + (f": it was due on {since}" if since else "")
    yield from it.meant_for()


def _escalated(it: Happened) -> Iterator[str]:
    visit, facts = it.visit, it.event.data
    to = it.naming.titles(facts["to"])
    due = f", due {it.naming.due(visit.due)}" if visit is not None and visit.due is not None else ""
    yield f"Escalated to {to}: {it.source}{due} (escalation {facts['rung']})"
    stage = it.workflow.stages.get(it.event.source or "")
    if stage is not None and facts["rung"] <= len(stage.ladder):
        yield f"Goes up {it.naming.rule(it.workflow, stage.ladder[facts['rung'] - 1].when, it.event.at)}"
    if it.reached > facts["rung"]:
        yield f"No message left for it: escalation {it.reached} came in the same moment, and was told instead"
    yield from it.meant_for()


def _lapsed(it: Happened) -> Iterator[str]:
    facts = it.event.data["lapsed"]
    yield it.way("Lapsed: time moved it on, nobody decided")
    yield f"Recorded as: {facts['outcome'].replace('_', ' ')}"
    due = facts["due_at"]
    if instant(it.event.at) - instant(due) >= _AT_ONCE:
        yield f"Its time was {it.naming.instant(due)}"


def _passed(it: Happened) -> Iterator[str]:
    """A timed step that was not made: its condition was not met, or it came too late and is not wanted late.

    Of the condition what its step `says`, and not its text, which may name what is not everybody's to see.
    """
    stage = it.workflow.stages.get(it.event.source or "")
    step = stage.transitions.get(it.event.trigger or "") if stage is not None else None
    unmet = step.says.rstrip(".") if step is not None and step.says else "its condition was not met"
    why = unmet if "passed" in it.event.data else "it came too late"
    yield f"{_timed(it)} at {it.source} was not done by the clock: {why}"
    yield from it.meant_for()


def _waived(it: Happened) -> Iterator[str]:
    if it.event.data["timer"] == JOINED:
        yield f"What was waited for at {it.source} is done, but it cannot go on by itself; it waits for a person"
    else:
        yield f"{_timed(it)} at {it.source} could not happen by itself; it waits for a person"
    yield from it.meant_for()


def _timed(it: Happened) -> str:
    """What a timer does to an item."""
    name = it.event.trigger or str(it.event.data["timer"]).removeprefix("at.")
    return "The lapse" if name == LAPSE else f"“{it.naming.step(name, it.event.source)}”"


def _sub_item_opened(it: Happened) -> Iterator[str]:
    visit = it.after.at_stage(it.event.source or "")
    all_of = f": {visit.expected} by now" if visit is not None else ""
    yield f"One more sub-item was asked for at {it.source}{all_of}"


def _sub_item_ended(it: Happened) -> Iterator[str]:
    outcome = it.event.data.get("outcome")
    how = f" ({outcome.replace('_', ' ')})" if outcome else ""
    yield f"{_which(it)} {'was cancelled' if outcome == CANCELLED else f'ended{how}'}"
    yield from _counted(it)


def _sub_item_reopened(it: Happened) -> Iterator[str]:
    yield f"{_which(it)} was opened again"
    yield from _counted(it)


def _which(it: Happened) -> str:
    """A sub-item by its reference, where that may be told."""
    reference = it.event.data.get("reference")
    return f"Sub-item {reference}" if reference else "A sub-item about another organisation"


def _counted(it: Happened) -> Iterator[str]:
    if not it.event.source:
        yield "Nobody waits for it any more"
        return
    patched = {int(number) for number in it.event.data.get("patch", {})}
    for visit in (*it.after.visits, *it.after.kept):
        if visit.number in patched:
            yield f"{len(visit.children)} of {visit.expected} sub-items of {it.source} have ended"


def _commented(it: Happened) -> Iterator[str]:
    what = "Said why it is late" if it.event.data.get(WHY_LATE) else "Commented"
    told = it.event.data.get(TOLD_OF_IT)
    asked = f", and had {it.naming.titles([told])} told of it" if told else ""
    yield f"{what}{', for colleagues only' if COLLEAGUES_ONLY in it.event.data else ''}{asked}"


def _only(words: str) -> Callable[[Happened], Iterator[str]]:
    return lambda _: iter((words,))


_SAYS: Mapping[Kind, Callable[[Happened], Iterator[str]]] = {
    Kind.OPENED: _opened,
    Kind.MOVED: _moved,
    Kind.RECORDED: _recorded,
    Kind.JOINED: _joined,
    Kind.VOTED: _voted,
    Kind.CLAIMED: _claimed,
    Kind.RELEASED: _released,
    Kind.ASSIGNED: _assigned,
    Kind.HELD: _held,
    Kind.RESUMED: _resumed,
    Kind.CANCELLED: _cancelled,
    Kind.CORRECTED: _corrected,
    Kind.DATE_CHANGED: _date_changed,
    Kind.MEETING_MOVED: _meeting_moved,
    Kind.RECOUNTED: _only("Due dates were counted again"),
    Kind.MIGRATED: _migrated,
    Kind.REMINDED: _reminded,
    Kind.OVERDUE: _overdue,
    Kind.ESCALATED: _escalated,
    Kind.LAPSED: _lapsed,
    Kind.PASSED: _passed,
    Kind.WAIVED: _waived,
    Kind.SUB_ITEM_OPENED: _sub_item_opened,
    Kind.SUB_ITEM_ENDED: _sub_item_ended,
    Kind.SUB_ITEM_REOPENED: _sub_item_reopened,
    Kind.COMMENTED: _commented,
}
