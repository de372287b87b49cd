"""One look at what time does now."""

from __future__ import annotations

import rich_click as click

from qa_workflow.cli.asking import progress
from qa_workflow.cli.command import command
from qa_workflow.cli.session import Session


@command("tick", example="qa-workflow tick")
@click.option(
    "--seconds",
    metavar="N",
    type=click.FloatRange(0, min_open=True),
    help="Stop after about so long, and say that there is more.",
)
def tick_command(session: Session, *, seconds: float | None) -> None:
    """Look once at what time does now: reminders, deadlines, lapses, cycles to open, messages, nightly figures."""
    from qa_workflow.service.time import daily
    from qa_workflow.service.time.told import counts, said

    with session.parts() as parts, progress("Items") as told:
        daily.plan(parts.house)
        swept = parts.engine.tick(seconds=seconds, progress=told)
    session.answer(counts(swept), lambda console: console.print(said(swept)))
