"""What a version means for live items, and moving them to it: shown first, then asked, then done, one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click
from click.exceptions import Exit

from qa_workflow.calendar.words import counted
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import confirm, progress, yes_option
from qa_workflow.cli.command import PATH, command
from qa_workflow.cli.faults import REFUSED
from qa_workflow.cli.options import needed_reason
from qa_workflow.cli.session import Session
from qa_workflow.errors import UsageFault

if TYPE_CHECKING:
    from rich.console import Console

    from qa_workflow.engine.verdicts import Verdict
    from qa_workflow.service.definitions.migrating import Choices, Impact, Moved
    from qa_workflow.service.definitions.recounting import Foreseen

F = TypeVar("F", bound=Callable[..., Any])
DATES = ("keep", "elapsed", "restart")
FATES = {"late": "late at once", "nobody": "nobody may act"}


def choices_options(function: F) -> F:
    """What an administrator says of a move: stages in place of others, and what becomes of due dates."""
    options = [
        click.option(
            "--instead",
            metavar="OLD=NEW",
            multiple=True,
            help="The stage (or branch, or trigger) that takes the place of one that is gone; OLD=done ends a branch.",
        ),
        click.option(
            "--dates",
            type=click.Choice(DATES),
            default="keep",
            show_default=True,
            help="Where the rule is another: keep the date, count the elapsed time by the new rule, or count from now.",
        ),
        click.option(
            "--dates-of", "dates_of", metavar="STAGE=CHOICE", multiple=True, help="The same, for one stage alone."
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


show_option = click.option(
    "--show", type=click.IntRange(0, 100_000), default=20, show_default=True, help="Items of each kind to list."
)


@command("impact", example="qa-workflow impact workflows/quality_account.yaml --dates elapsed")
@click.argument("path", type=PATH)
@choices_options
@show_option
def impact_command(
    session: Session, *, path: Path, instead: tuple[str, ...], dates: str, dates_of: tuple[str, ...], show: int
) -> None:
    """Show what a file would mean for every live item, before it is published. Changes nothing.

    Of a governance file: which meetings and due dates it moves.
    """
    from qa_workflow.definition import DefinitionRefused, Workflow
    from qa_workflow.service.definitions.editing import check
    from qa_workflow.service.definitions.migrating import target_of
    from qa_workflow.service.files import content_of
    from qa_workflow.service.world import WORKFLOW

    said = _choices(instead, dates, dates_of)
    source = content_of(path)
    if path.name == "governance.yaml":
        _foresee(session, source, path, show)
        return
    with session.parts() as parts:
        with parts.house.looking() as (_, world):
            checked = check(world, WORKFLOW, source, str(path))
            if not isinstance(checked.value, Workflow):
                raise DefinitionRefused(checked.faults)
            target = target_of(world, checked.value)
        with progress("Items") as told:
            found = parts.engine.impact(target, said, show=show, progress=told)
    session.answer(_json(found), lambda console: _show(console, found, said.instead))


@command(
    "migrate",
    example='qa-workflow migrate quality_account --reason "New handbook" --as administrator',
)
@click.argument("workflow")
@click.option("--to", "number", metavar="N", type=click.IntRange(1), help="The version; the newest if left out.")
@choices_options
@click.option(
    "--leave",
    type=click.Choice(sorted(FATES)),
    multiple=True,
    help="Leave items where they are that would be late at once, or for which nobody may act.",
)
@needed_reason
@as_option
@show_option
@yes_option
def migrate_command(
    session: Session,
    *,
    workflow: str,
    number: int | None,
    instead: tuple[str, ...],
    dates: str,
    dates_of: tuple[str, ...],
    leave: tuple[str, ...],
    reason: str,
    person: str | None,
    show: int,
    yes: bool,
) -> None:
    """Move the live items of a workflow to a published version. Stopped half-way, the same command goes on.

    Shows what it means for each, and asks. Ends with 1 if at least one item could not be moved; the others are.
    """
    from qa_workflow.cli.tables import console
    from qa_workflow.engine.verdicts import Fate
    from qa_workflow.service.definitions.migrating import published

    said = _choices(instead, dates, dates_of)
    left = frozenset(Fate(FATES[each]) for each in leave)
    with session.parts() as parts:
        who = actor(session, parts, person, "publish")
        with parts.house.looking() as (_, world):
            target = published(world, workflow, number)
        with progress("Looking at items") as told:
            found = parts.engine.impact(target, said, show=show, progress=told)
        if found.total and not yes:
            if not session.as_json:
                _show(console(), found, said.instead)
            confirm(session, f"Move {counted(found.total, 'item')} to version {target.version} of {workflow}?", yes=yes)
        done: list[Moved] = []
        with progress("Items", found.total) as told:

            def tell(moved: Moved) -> None:
                done.append(moved)
                told(len(done))

            parts.engine.migrate(
                workflow, said, actor=who, reason=reason, number=target.version, leave=left, progress=tell
            )
    session.answer([_line(each) for each in done], lambda out: _told(out, done))
    if any(not each.done and each.verdict.fate not in left for each in done):
        raise Exit(REFUSED)


def _choices(instead: Sequence[str], dates: str, dates_of: Sequence[str]) -> Choices:
    from qa_workflow.engine.commands import DateChoice
    from qa_workflow.service.definitions.migrating import Choices

    by_stage = dict(_pair(each, "STAGE=CHOICE") for each in dates_of)
    for stage, choice in by_stage.items():
        if choice not in DATES:
            raise UsageFault(f"--dates-of {stage}={choice}: {choice!r} is none of {', '.join(DATES)}")
    places = dict(_pair(each, "OLD=NEW") for each in instead)
    return Choices(places, DateChoice(dates), {stage: DateChoice(choice) for stage, choice in by_stage.items()})


def _pair(text: str, form: str) -> tuple[str, str]:
    before, sign, after = (part.strip() for part in text.partition("="))
    if not (before and sign and after):
        raise UsageFault(f"{text!r} cannot be read; write it as {form}")
    return before, after


def _foresee(session: Session, source: bytes, path: Path, show: int) -> None:
    from qa_workflow.definition import read_governance
    from qa_workflow.service.definitions import recounting

    new = read_governance(source, str(path)).required()
    with session.parts() as parts, progress("Items") as told:
        found = recounting.foresee(parts.house, new, show=show, progress=told)
    session.answer(found, lambda console: _show_foreseen(console, found))


def _show_foreseen(console: Console, found: Foreseen) -> None:
    from qa_workflow.calendar import long_date
    from qa_workflow.calendar.words import counted
    from qa_workflow.cli.tables import heading, table
    from qa_workflow.service.telling.words import day_words

    console.print(f"{counted(found.items, 'live item')}; {counted(found.moves, 'due date')} would move.")
    if found.shown:
        rows = [(each.reference, each.stage, day_words(each.before), day_words(each.after)) for each in found.shown]
        console.print(table(("Item", "Stage", "Due before", "Due after"), rows, whole=("Item",)))
    if found.meetings:
        days = [
            (m.title, long_date(m.before) if m.before else "not held", long_date(m.after) if m.after else "not held")
            for m in found.meetings
        ]
        console.print(heading("Meetings of the coming year"))
        console.print(table(("Body", "Before", "After"), days))
    if found.more_meetings:
        console.print(f"And {counted(found.more_meetings, 'more meeting')}.")
    for reference, why in found.unknown:
        console.print(f"{reference}: it cannot be said; {why}")
    console.print("\nNothing was changed.")


def _json(found: Impact) -> dict[str, Any]:
    return {
        "workflow": found.target.workflow.name,
        "version": found.target.version,
        "items": found.total,
        "counts": {str(fate): count for fate, count in found.counts.items()},
        "verdicts": {str(fate): list(shown) for fate, shown in found.shown.items()},
        "gone": found.gone,
        "there": found.there,
    }


def _line(moved: Moved) -> dict[str, Any]:
    verdict = moved.verdict
    return {"item": verdict.reference, "done": moved.done, "verdict": str(verdict.fate), "detail": verdict}


def _show(console: Console, found: Impact, instead: Mapping[str, str]) -> None:
    from qa_workflow.cli.tables import heading, table
    from qa_workflow.engine.verdicts import Fate

    version = f"Version {found.target.version} of {found.target.workflow.title}"
    if found.target.approver is not None:
        already = counted(found.there, "live item") + (" is" if found.there == 1 else " are")
        console.print(f"{version} is published already, with just this text; {already} under it.")
        version = "Under earlier versions"
    console.print(f"{version}: {counted(found.total, 'live item')}.")
    for gone in found.gone:
        taken = instead.get(gone.path)
        hint = f"; {taken} takes its place" if taken else f"; say --instead {gone.path}={gone.likely or 'STAGE'}"
        console.print(f"The stage {gone.path} ({gone.title}) is gone, with {counted(gone.items, 'item')} in it{hint}")
    for fate in Fate:
        if not (count := found.counts[fate]):
            continue
        console.print(heading(f"{str(fate).capitalize()}: {count}"))
        rows = [(v.reference, _said(v)) for v in found.shown.get(fate, ())]
        if rows and fate is not Fate.UNAFFECTED:
            console.print(table(("Item", "What it means"), rows, whole=("Item",)))
        if count > len(rows) and fate is not Fate.UNAFFECTED:
            console.print(f"and {count - len(rows)} more; --show lists more of them.")
    console.print("\nNothing was changed.")


def _said(verdict: Verdict) -> str:
    """One verdict in words."""
    from qa_workflow.service.telling.verdicts import verdict_words

    return verdict_words(verdict)


def _told(console: Console, done: Sequence[Moved]) -> None:
    from qa_workflow.cli.tables import table

    rows = [(m.verdict.reference, f"{'moved' if m.done else 'left'}: {_said(m.verdict)}") for m in done]
    if rows:
        console.print(table(("Item", "Outcome"), rows, whole=("Item",)))
    moved = sum(m.done for m in done)
    console.print(f"{moved} moved, {len(done) - moved} left where they are.")
