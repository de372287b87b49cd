"""Taking out a file or a text that names a patient: `removal ask`, then `removal confirm` by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import confirm, yes_option
from qa_workflow.cli.command import command, group
from qa_workflow.cli.options import item_argument, needed_reason
from qa_workflow.cli.session import Session

if TYPE_CHECKING:
    from rich.console import Console

    from qa_workflow.service.removals import Removal
    from qa_workflow.wiring import Parts


@group("removal", example="qa-workflow removal list")
def removal_command() -> None:
    """Take out, by two people, a file or a text that names a patient; the history stands."""


@command("list", of=removal_command, example="qa-workflow removal list")
def list_command(session: Session) -> None:
    """List what is to be removed, and what is."""
    with session.parts() as parts:
        found = parts.engine.removals()
        told = [(each, _said(parts, each)) for each in found]

    def show(console: Console) -> None:
        for each, said in told:
            console.print(f"{each.sha256[:12]}, a {each.what} of {each.reference}: {said}", highlight=False)
        if not told:
            console.print("Nothing is to be removed, and nothing was.")

    session.answer([_json(each, said) for each, said in told], show)


@command(
    "ask",
    of=removal_command,
    example='qa-workflow removal ask PA/1 falls.csv --reason "It names a patient" --as governance-officer',
)
@item_argument
@click.argument("file")
@needed_reason
@as_option
def ask_command(session: Session, *, item: str, file: str, reason: str, person: str | None) -> None:
    """Ask for the removal of a FILE, or of a text. Nobody is given it from now on.

    FILE is its name, or how its SHA-256 begins. For a text it is the number of the event in which it was typed (as
    `qa-workflow show` has it), or, where several were, how what stands for it begins: a refusal lists those.
    """
    with session.parts() as parts:
        who = actor(session, parts, person, "remove")
        _answer(session, parts, parts.engine.ask_removal(item, file, actor=who, reason=reason))


@command("confirm", of=removal_command, example="qa-workflow removal confirm 4f0c1d2e3a4b --as administrator")
@click.argument("file")
@yes_option
@as_option
def confirm_command(session: Session, *, file: str, yes: bool, person: str | None) -> None:
    """Remove it for good, as the second person. FILE is how its SHA-256 begins, as `removal list` shows it."""
    with session.parts() as parts:
        who = actor(session, parts, person, "remove")
        found = _meant(parts, file)
        confirm(session, f"Remove a {found.what} of {found.reference} for good? ({_said(parts, found)})", yes=yes)
        _answer(session, parts, parts.engine.confirm_removal(found.sha256, actor=who, key=found.key))


@command(
    "decline",
    of=removal_command,
    example='qa-workflow removal decline 4f0c1d2e3a4b --reason "Numbers of orders" --as administrator',
)
@click.argument("file")
@needed_reason
@as_option
def decline_command(session: Session, *, file: str, reason: str, person: str | None) -> None:
    """Leave it where it is."""
    with session.parts() as parts:
        who = actor(session, parts, person, "remove")
        found = _meant(parts, file)
        parts.engine.decline_removal(found.sha256, actor=who, reason=reason, key=found.key)
        said = f"The {found.what} of {found.reference} stays where it is, and is given out again."
        session.answer({**_json(found, said), "kept": True}, lambda console: console.print(said))


def _meant(parts: Parts, file: str) -> Removal:
    from qa_workflow.service.items.removing import NothingToDecide

    found = [each for each in parts.engine.removals() if len(file) >= 6 and each.sha256.startswith(file)]
    if len(found) != 1:
        raise NothingToDecide
    return found[0]


def _said(parts: Parts, removal: Removal) -> str:
    from qa_workflow.service.removals import removed_words

    with parts.house.looking() as (_, world):
        return removed_words(world.governance, removal)


def _json(removal: Removal, said: str) -> dict[str, object]:
    return {**removal.facts(), "key": removal.key, "said": said}


def _answer(session: Session, parts: Parts, removal: Removal) -> None:
    said = _said(parts, removal)

    def show(console: Console) -> None:
        console.print(f"A {removal.what} of {removal.reference} is {said}", highlight=False)
        if not removal.is_done:
            console.print(f"A second person: qa-workflow removal confirm {removal.sha256[:12]} --as PERSON")

    session.answer(_json(removal, said), show)
