"""One look at what time does now, and the words for what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from qa_workflow.cli.asking import progress
from qa_workflow.cli.command import command
from qa_workflow.cli.session import Session

if TYPE_CHECKING:
    from qa_workflow.service.time.sweep import Swept

_WORDS = (
    ("opened", "item opened", "items opened"),
    ("reminded", "reminder", "reminders"),
    ("overdue", "item became overdue", "items became overdue"),
    ("escalated", "escalation", "escalations"),
    ("moved", "item moved on", "items moved on"),
    ("lapsed", "lapse", "lapses"),
    ("resumed", "hold ended", "holds ended"),
    ("waived", "step waits for its people: see its item", "steps wait for their people: see their items"),
    ("put_off", "item could not be decided: see incidents", "items could not be decided: see incidents"),
)


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

    with session.parts() as parts, progress("Items") as told:
        daily.plan(parts.house)
        swept = parts.engine.tick(seconds=seconds, progress=told)
    session.answer(counts(swept), lambda console: console.print(said(swept)))


def counts(swept: Swept) -> dict[str, Any]:
    """What a look did, as JSON: items looked at, and how often each thing happened."""
    from qa_workflow.engine import Kind

    happened = {name: swept.events.get(Kind(name), 0) for name, _, _ in _WORDS if name in set(Kind)}
    return {"items": swept.items, **happened, "opened": swept.opened, "put_off": swept.put_off, "more": swept.more}


def said(swept: Swept) -> str:
    """What a look did, in a sentence."""
    counted = counts(swept)
    told = ", ".join(
        f"{counted[name]} {one if counted[name] == 1 else many}" for name, one, many in _WORDS if counted[name]
    )
    more = " There is more to do; look again." if swept.more else ""
    return (f"{told[0].upper()}{told[1:]}." if told else "Nothing was due.") + more
