"""The clock of a rehearsal: shown, set, pushed forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from qa_workflow.cli.asking import progress
from qa_workflow.cli.command import command, group
from qa_workflow.cli.session import Session
from qa_workflow.errors import UsageFault

if TYPE_CHECKING:
    from datetime import datetime

    from qa_workflow.wiring import Parts


@group("clock", example="qa-workflow clock advance 3 weeks")
def clock_command() -> None:
    """Show, set or push forward the clock. Only a rehearsal has its own; a real database follows the machine's."""


@command("show", of=clock_command, example="qa-workflow clock show")
def show_command(session: Session) -> None:
    """Show what this database's clock says."""
    with session.parts() as parts:
        data = _standing(parts)
    session.answer(data, lambda console: console.print(_words(data)))


@command("set", of=clock_command, example="qa-workflow clock set 2027-05-04T09:00")
@click.argument("instant")
def set_command(session: Session, *, instant: str) -> None:
    """Set the clock of a rehearsal, as if the program had been off in between; `tick` then catches up."""
    from qa_workflow.cli import reading
    from qa_workflow.service.time import rehearsing

    _refuse_now(session)
    at = reading.instant(instant)
    with session.parts() as parts:
        rehearsing.set_clock(parts.house, at)
        data = _standing(parts)
    session.answer(data, lambda console: console.print(_words(data)))


@command("advance", of=clock_command, example="qa-workflow clock advance 3 weeks")
@click.argument("amount", nargs=-1)
@click.option("--to", metavar="INSTANT", help="Until when, instead of by how much.")
@click.option("--no-tick", is_flag=True, help="Only set it; nothing happens until the next tick.")
def advance_command(session: Session, *, amount: tuple[str, ...], to: str | None, no_tick: bool) -> None:
    """Push the clock of a rehearsal forward; what falls due in between happens in order, each at its own time."""
    from qa_workflow.cli import reading
    from qa_workflow.service.time import rehearsing

    _refuse_now(session)
    if bool(amount) == bool(to):
        raise UsageFault(
            "say by how much, as in `clock advance 3 weeks`, or until when, as in `clock advance --to 2027-05-04T09:00`"
        )
    with session.parts() as parts:
        start = parts.engine.now()
        end = reading.instant(to) if to else reading.later(start, " ".join(amount))
        if end < start:
            raise UsageFault(
                f"{_instant_words(end)} is before {_instant_words(start)}, where the clock stands; see `clock set`"
            )
        if no_tick:
            rehearsing.set_clock(parts.house, end)
            data, told = _standing(parts), "Nothing was looked at; `qa-workflow tick` does."
        else:
            try:
                data, told = _push(parts, start, end)
            except KeyboardInterrupt:
                session.note(f"{_words(_standing(parts))} All that lies before it has happened.")
                raise
    session.answer(data, lambda console: console.print(f"{_words(data)}\n{told}"))


def _refuse_now(session: Session) -> None:
    if session.now is not None:
        raise UsageFault("--now says for one command what time it is; it cannot be combined with setting the clock")


def _push(parts: Parts, start: datetime, end: datetime) -> tuple[dict[str, Any], str]:
    from qa_workflow.service.time import rehearsing
    from qa_workflow.service.time.told import counts, said

    with progress("Hours", max(1, round((end - start).total_seconds() / 3600))) as told:
        journey = rehearsing.push(
            parts.house, end, parts.engine.tick, lambda at: told(round((at - start).total_seconds() / 3600))
        )
    data = {**_standing(parts), "before": start, "stops": journey.stops, "happened": counts(journey.swept)}
    return data, said(journey.swept)


def _standing(parts: Parts) -> dict[str, Any]:
    from qa_workflow.calendar import local
    from qa_workflow.service.time import rehearsing

    return {"now": local(parts.engine.now()), "rehearsal": rehearsing.is_rehearsal(parts.house)}


def _words(data: dict[str, Any]) -> str:
    whose = (
        "The rehearsal's clock says"
        if data["rehearsal"]
        else "This is a real database; its clock is the machine's and says"
    )
    return f"{whose} {_instant_words(data['now'])}."


def _instant_words(at: datetime) -> str:
    from qa_workflow.calendar import instant_words

    return instant_words(at)
