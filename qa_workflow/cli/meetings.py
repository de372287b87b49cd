"""When bodies meet, and what follows when a meeting is moved or called off: shown first, then asked, then done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import rich_click as click

from qa_workflow.cli import complete
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import confirm, yes_option
from qa_workflow.cli.command import command, group
from qa_workflow.cli.options import needed_reason
from qa_workflow.cli.session import Session, today_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from rich.console import Console

    from qa_workflow.service.items.meetings import NewTime, Redated

EXAMPLE = (
    "qa-workflow meeting move governing_body 2027-05-26 --to 2027-06-03T14:00 "
    '--reason "Election" --as governance-officer'
)
preview_option = click.option("--preview", is_flag=True, help="Show what would move, and change nothing.")


@command("meetings", example="qa-workflow meetings quality_and_governance_committee")
@click.argument("body", required=False, shell_complete=complete.bodies)
@click.option("--count", type=click.IntRange(1, 60), default=6, show_default=True, help="How many.")
def meetings_command(session: Session, *, body: str | None, count: int) -> None:
    """List the bodies, each with its next meeting; of one BODY its next meetings, and when papers are due."""
    if body is None:
        _bodies(session)
    else:
        _meetings(session, body, count)


def _bodies(session: Session) -> None:
    from qa_workflow.calendar import instant_words, local
    from qa_workflow.cli.tables import table

    with session.parts() as parts, parts.house.looking() as (_, world):
        day = today_of(parts, world)
        bodies = [body for body in world.governance.bodies.values() if body.is_active(day)]
        found = [(body, [local(m.at) for m in parts.engine.meetings(body.name, 1)]) for body in bodies]
    data = [
        {"body": body.name, "title": body.title, "reports_to": body.reports_to, "next": next(iter(following), None)}
        for body, following in found
    ]

    def show(console: Console) -> None:
        rows = [
            (body.name, body.title, ", ".join(map(instant_words, following)) or "none planned")
            for body, following in found
        ]
        console.print(table(("Body", "Title", "Next meeting"), rows, whole=("Body",)))

    session.answer(data, show)


def _meetings(session: Session, body: str, count: int) -> None:
    from qa_workflow.calendar import instant_words, local, long_date
    from qa_workflow.cli.tables import table
    from qa_workflow.service.items import meetings

    with session.parts() as parts:
        found = parts.engine.meetings(body, count)
        left_out = meetings.not_held(parts.house, body, found[-1].at) if found else {}
    data = [{"body": m.body, "day": m.key, "at": local(m.at), "papers_by": local(m.papers)} for m in found]
    rows = [(m.key, instant_words(m.at), instant_words(m.papers)) for m in found]

    def show(console: Console) -> None:
        console.print(
            table(("Planned for", "Held", "Papers by"), rows, whole=("Planned for",))
            if rows
            else "No meetings are planned."
        )
        for day, why in left_out.items():
            console.print(f"Not held on {long_date(day)}: {why}.")

    session.answer(data, show)


@group(
    "meeting",
    example=EXAMPLE,
)
def meeting_command() -> None:
    """Move a meeting, or call it off; every due date that depends on it moves with it."""


@command(
    "move",
    of=meeting_command,
    example=EXAMPLE,
)
@click.argument("body", shell_complete=complete.bodies)
@click.argument("day", metavar="DAY")
@click.option(
    "--to", metavar="INSTANT", required=True, help="When it is held instead, as 2027-06-03T14:00; a day keeps its time."
)
@needed_reason
@as_option
@preview_option
@yes_option
def move_command(
    session: Session, *, body: str, day: str, to: str, reason: str, person: str | None, preview: bool, yes: bool
) -> None:
    """Hold the meeting planned for DAY at another time. Shows what moves with it, and asks."""
    from qa_workflow.cli.reading import day_or_instant

    _move(session, Wish(body, day, day_or_instant(to), reason), person, preview=preview, yes=yes)


@command(
    "call-off",
    of=meeting_command,
    example='qa-workflow meeting call-off governing_body 2027-05-26 --reason "No quorum" --as governance-officer',
)
@click.argument("body", shell_complete=complete.bodies)
@click.argument("day", metavar="DAY")
@needed_reason
@as_option
@preview_option
@yes_option
def call_off_command(
    session: Session, *, body: str, day: str, reason: str, person: str | None, preview: bool, yes: bool
) -> None:
    """Do not hold the meeting planned for DAY; what waits for it waits for the next. Shows what moves, and asks."""
    _move(session, Wish(body, day, None, reason), person, preview=preview, yes=yes)


@dataclass(frozen=True, slots=True)
class Wish:
    """A meeting is to be held at another time, or (None) not at all."""

    body: str
    day: str
    at: datetime | date | None
    reason: str

    def question(self) -> str:
        return f"{'Move' if self.at else 'Call off'} the meeting of {self.body} planned for {self.day}?"


def _move(session: Session, wish: Wish, person: str | None, *, preview: bool, yes: bool) -> None:
    from qa_workflow.calendar.written_days import written_day
    from qa_workflow.service.items import meetings

    key = written_day(wish.day).isoformat()
    with session.parts() as parts:
        who = actor(session, parts, person, "meet")
        coming = meetings.foreseen(parts.house, wish.body, key, wish.at) if wish.at is not None else None
        move = partial(parts.engine.move_meeting, wish.body, key, wish.at, actor=who, reason=wish.reason)
        if preview:
            moved = move(preview=True)
        else:
            _ask(session, wish, coming, lambda: move(preview=True), yes=yes)
            moved = move(sure=True)
    data = {"done": not preview, "moved": moved, **_told(coming)}
    session.answer(data, lambda console: _show(console, coming, moved, done=not preview))


def _told(coming: NewTime | None) -> dict[str, Any]:
    """When it is held then, for a program."""
    from qa_workflow.calendar import local

    if coming is None:
        return {"at": None, "papers_by": None, "not_worked": None}
    return {"at": local(coming.at), "papers_by": local(coming.papers), "not_worked": coming.not_worked}


def _ask(
    session: Session, wish: Wish, coming: NewTime | None, look: Callable[[], Sequence[Redated]], *, yes: bool
) -> None:
    """Show what would move, then ask."""
    from qa_workflow.cli.tables import console

    if not yes and not session.as_json:
        _show(console(), coming, look(), done=False)
    doubts = "".join(f"{doubt}. " for doubt in coming.doubts) if coming is not None else ""
    confirm(session, f"{doubts}{wish.question()}", yes=yes)


def _show(console: Console, coming: NewTime | None, moved: Sequence[Redated], *, done: bool) -> None:
    from qa_workflow.calendar.words import counted
    from qa_workflow.cli.tables import table
    from qa_workflow.service.items.meetings import lateness
    from qa_workflow.service.telling.words import day_words

    if coming is not None:
        console.print(f"{'. '.join((*coming.doubts, *(coming.followed if done else coming.follows)))}.")
    if not moved:
        console.print("No due date moves with it." if not done else "Done; no due date moved with it.")
        return
    rows = [
        (m.reference, m.about, m.stage_title, day_words(m.before) or "none", day_words(m.after) or "none")
        for m in moved
    ]
    console.print(table(("Item", "About", "Stage", "Due before", "Due after"), rows, whole=("Item",)))
    console.print(f"\n{counted(len(moved), 'due date')} {'moved' if done else 'would move'}.")
    for said in lateness(moved) if not done else ():
        console.print(said)
