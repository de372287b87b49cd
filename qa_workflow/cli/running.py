"""Running: the clock looks what time does, every second, until somebody ends it."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

import rich_click as click

from qa_workflow.cli.command import command
from qa_workflow.cli.session import Session
from qa_workflow.errors import UsageFault

if TYPE_CHECKING:
    from qa_workflow.wiring import Parts


@command("run", example="qa-workflow run")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="For the pages, once there are any: the address to serve them at.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="For the pages, once there are any: the port.",
)
@click.option("--demonstration", is_flag=True, help="Use a rehearsal with items in it, made if it is not there yet.")
@click.option("--production", is_flag=True, help="Refuse to run with settings or a database that are for tests.")
@click.option(
    "--every", metavar="SECONDS", type=click.FloatRange(0.1), default=1.0, show_default=True, help="How often to look."
)
def run_command(session: Session, *, host: str, port: int, demonstration: bool, production: bool, every: float) -> None:
    """Run the clock until Ctrl-C: reminders, deadlines, cycles and messages happen when their time comes."""
    del host, port
    if production:
        _refuse_tests(session)
    if demonstration:
        from qa_workflow.cli import demonstration as showing

        showing.make(session)
    with session.parts() as parts:
        stop = _told_to_stop()
        _say_what(session, parts, production=production)
        _run(session, parts, every, stop)
    session.note("Stopped.")


def _refuse_tests(session: Session) -> None:
    from qa_workflow import fault_points

    if session.settings.is_test or fault_points.is_armed() or session.now is not None:
        raise UsageFault(
            "--production refuses to run with settings for tests; unset QA_WORKFLOW_TEST and QA_WORKFLOW_FAULT"
        )


def _say_what(session: Session, parts: Parts, *, production: bool) -> None:
    from qa_workflow.calendar import instant_words
    from qa_workflow.service import rehearsing

    with parts.house.looking() as (_, world):
        workflows = ", ".join(world.latest)
    is_rehearsal = rehearsing.is_rehearsal(parts.house)
    if production and is_rehearsal:
        raise UsageFault("--production refuses to run a rehearsal; make a real database with `qa-workflow init`")
    lines = [
        f"Database   {session.settings.database}",
        f"Workflows  {workflows}",
        f"Clock      {instant_words(parts.engine.now())}"
        + (" (a rehearsal: it moves only with `qa-workflow clock advance`, in another window)" if is_rehearsal else ""),
        "Pages      not yet: they come with a later version. Until then: qa-workflow items, overdue, show ITEM",
        "Running the clock. Ctrl-C ends it.",
    ]
    click.echo("\n".join(lines), err=True)


BREATH = 0.02
"""Seconds between two batches of a look, for people to get at the database."""


def _told_to_stop() -> threading.Event:
    """Set by Ctrl-C, or when the system ends the program: the look that is under way is finished first."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _run(session: Session, parts: Parts, every: float, stop: threading.Event) -> None:
    from qa_workflow.calendar import instant_words
    from qa_workflow.cli.time import said
    from qa_workflow.scheduling import Embedded

    def look() -> Any:
        swept = parts.engine.tick(seconds=10, pause=lambda: stop.wait(BREATH))
        if swept.items or swept.opened:
            session.note(f"{instant_words(parts.engine.now())}: {said(swept)}")
        return swept

    Embedded(look, every=every).run_worker(stop)
