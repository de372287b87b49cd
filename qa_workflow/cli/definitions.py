"""Workflow files: checked, published, and the schema that editors use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click
from click.exceptions import Exit

from qa_workflow.cli import complete
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.command import PATH, command
from qa_workflow.cli.faults import REFUSED
from qa_workflow.cli.session import Session

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from qa_workflow.definition import Fault
    from qa_workflow.service.definitions.publishing import Published
    from qa_workflow.service.ports.store import Definition

SHOWN = 10
"""Of the due dates that moved with a publication so many are shown; JSON has all."""


@command("check", example="qa-workflow check workflows/")
@click.argument("paths", metavar="[PATH...]", nargs=-1, type=PATH)
def check_command(session: Session, *, paths: tuple[Path, ...]) -> None:
    """Check workflow files; silent when all is well. Each fault is told with its place and how to mend it."""
    from qa_workflow.definition import read_folder

    reading = read_folder(paths or (session.settings.workflows,))
    if session.as_json:
        session.answer({"ok": not reading.refused, "faults": [_fault(f) for f in reading.faults]}, lambda console: None)
    else:
        for fault in reading.faults:
            click.echo(("warning: " if fault.severity == "warning" else "") + str(fault))
    if reading.refused:
        raise Exit(REFUSED)


@command("publish", example="qa-workflow publish workflows/ --as administrator")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=PATH)
@as_option
def publish_command(session: Session, *, paths: tuple[Path, ...], person: str | None) -> None:
    """Publish workflow files, so that items open under them; items that are open keep the version they began with.

    Whoever has the database publishes alone here; on the pages a second person approves. `impact` shows first what it
    means, `versions` lists who published what.
    """
    from qa_workflow.service.world import GOVERNANCE

    with session.parts() as parts:
        with parts.house.store.reading() as look:
            is_first = not any(d.kind == GOVERNANCE for d in look.definitions())
        who = None if is_first else actor(session, parts, person, "publish")
        published = parts.engine.publish(paths, actor=who)
    session.answer(published, lambda console: show_published(console, published))


@command("versions", example="qa-workflow versions provider_assurance")
@click.argument("name", required=False, shell_complete=complete.workflows)
def versions_command(session: Session, *, name: str | None) -> None:
    """List what was published, the newest version first: when, by whom, and who had proposed it."""
    from qa_workflow.calendar import local
    from qa_workflow.service.definitions.publishing import proposers
    from qa_workflow.service.refusals import Unknown

    with session.parts() as parts, parts.house.looking() as (look, _):
        every = sorted(look.definitions(), key=lambda each: (each.kind, each.name, -each.version))
        names = tuple(dict.fromkeys(each.name for each in every))
        if name is not None and name not in names:
            raise Unknown("workflow", name, names)
        data = []
        for _kind, each in groupby(every, key=lambda each: (each.kind, each.name)):
            found = list(each)
            by = proposers(parts.house, found)
            data += [
                _version(one, by.get(one.version), local(one.published_at)) for one in found if name in (None, one.name)
            ]
    session.answer(data, lambda console: _show_versions(console, data))


@command("schema", example="qa-workflow schema workflow > workflow.schema.json")
@click.argument("kind", type=click.Choice(["workflow", "governance"]), default="workflow")
def schema_command(session: Session, *, kind: str) -> None:
    """Print the JSON Schema of workflow or governance files, for editors that complete and check while you type."""
    from qa_workflow.cli.faults import to_json
    from qa_workflow.definition.shape.schema import governance_schema, workflow_schema

    del session
    click.echo(to_json(workflow_schema() if kind == "workflow" else governance_schema()))


def _version(found: Definition, proposed_by: str | None, at: datetime) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "name": found.name,
        "version": found.version,
        "hash": found.hash,
        "published_at": at,
        "published_by": found.published_by,
        "proposed_by": proposed_by,
    }


def _show_versions(console: Console, data: Sequence[Mapping[str, Any]]) -> None:
    from qa_workflow.cli.tables import table
    from qa_workflow.service.telling.words import instant_short

    rows = [
        (
            each["name"],
            each["version"],
            instant_short(each["published_at"].isoformat()),
            each["published_by"],
            each["proposed_by"] or "nobody: from a file",
        )
        for each in data
    ]
    console.print(table(("Name", "Version", "Published", "By", "Proposed by"), rows, whole=("Name",)))


def show_published(console: Console, published: Sequence[Published]) -> None:
    """What is published now, what of it is new, and which due dates moved with it."""
    from qa_workflow.calendar.words import counted
    from qa_workflow.cli.tables import table
    from qa_workflow.service.telling.words import day_words

    rows = [
        (p.kind, p.name, p.version, "published" if p.new else "is the current version already", p.hash[:12])
        for p in published
    ]
    console.print(table(("Kind", "Name", "Version", "", "SHA-256"), rows))
    moved = [each for one in published for each in one.moved]
    if not moved:
        return
    console.print(
        f"\n{counted(len(moved), 'due date')} moved{f', the first {SHOWN} of them' if len(moved) > SHOWN else ''}:"
    )
    dates = [
        (each.reference, each.stage, day_words(each.before) or "none", day_words(each.after) or "none")
        for each in moved[:SHOWN]
    ]
    console.print(table(("Item", "Stage", "Due before", "Due after"), dates, whole=("Item",)))


def _fault(fault: Fault) -> dict[str, Any]:
    first = fault.first and {"line": fault.first.line, "column": fault.first.column}
    return {
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "rule": fault.rule,
        "severity": str(fault.severity),
        "what": fault.what,
        "mend": fault.mend,
        "first": first,
        "message": str(fault),
    }
