"""Workflows drawn: as a list of moves, as mermaid text, as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from qa_workflow.cli import complete
from qa_workflow.cli.command import command
from qa_workflow.cli.session import Session

if TYPE_CHECKING:
    from qa_workflow.definition import Workflow


@command("diagram", example="qa-workflow diagram provider_assurance --format svg > provider_assurance.svg")
@click.argument("workflow", shell_complete=complete.workflows)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "mermaid", "svg"]),
    default="text",
    show_default=True,
    help="As what.",
)
def diagram_command(session: Session, *, workflow: str, form: str) -> None:
    """Draw a workflow of the workflows folder, by its name or its file: its moves as text, mermaid or SVG."""
    from qa_workflow.definition.pictures.diagram import as_mermaid, as_text, moves
    from qa_workflow.definition.pictures.picture import as_svg

    found = _workflow(session, workflow)
    drawn = {"text": as_text, "mermaid": as_mermaid, "svg": as_svg}[form](found)
    data = {"workflow": found.name, "title": found.title, "format": form, "diagram": drawn, "moves": moves(found)}
    session.answer(data, lambda _: click.echo(drawn))


def _workflow(session: Session, name: str) -> Workflow:
    from qa_workflow.definition import DefinitionRefused, read_folder
    from qa_workflow.service.refusals import Unknown

    path = Path(name)
    reading = read_folder([path if path.suffix in (".yaml", ".yml") else session.settings.workflows])
    wanted = next(iter(reading.workflows), name) if path.suffix in (".yaml", ".yml") else name
    if wanted not in reading.workflows:
        if reading.refused:
            raise DefinitionRefused(reading.faults)
        raise Unknown("workflow", name, tuple(reading.workflows))
    return reading.workflows[wanted]
