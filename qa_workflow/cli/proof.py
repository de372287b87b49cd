"""Proof that the history is what was written: checked here, and against checkpoints kept elsewhere."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click
from click.exceptions import Exit

from qa_workflow.cli.asking import progress_of
from qa_workflow.cli.command import command
from qa_workflow.cli.session import Session
from qa_workflow.cli.writing import new_file
from qa_workflow.errors import IntegrityFault, UsageFault

if TYPE_CHECKING:
    from rich.console import Console

    from qa_workflow.store.proof.findings import Proof


key_option = click.option(
    "--key",
    metavar="FILE",
    envvar="QA_WORKFLOW_CHECKPOINT_KEY",
    type=click.Path(path_type=Path),
    help="An Ed25519 key (PEM) that signs checkpoints. [env: QA_WORKFLOW_CHECKPOINT_KEY]",
)


@command("verify", example="qa-workflow verify --checkpoint 2027-05.checkpoint")
@click.option(
    "--checkpoint", metavar="FILE", type=click.Path(path_type=Path), help="A checkpoint that was kept elsewhere."
)
@click.option("--quick", is_flag=True, help="Only the chains of the histories, not what they make of every row.")
@key_option
def verify_command(session: Session, *, checkpoint: Path | None, quick: bool, key: Path | None) -> None:
    """Check histories, all rows that follow from them, and documents. Ends with 3 and the places if something differs.

    Not proved, for no history tells of it: accounts and keys, drafts, lists that people keep, figures, how often a
    letter was tried.
    """
    from qa_workflow.store.proof.verifying import verify

    text = _text(checkpoint) if checkpoint else None
    if text is not None and key is not None:
        from qa_workflow.store.proof.signing import check

        check(text, key)
    with session.parts() as parts, progress_of("Checking") as told:
        proof = verify(parts.store, text, told, deep=not quick, documents=parts.documents)
    session.answer(as_json(proof), lambda console: _show(console, proof))
    if not proof.sound:
        raise Exit(IntegrityFault.exit_code)


@command("checkpoint", example="qa-workflow checkpoint --to 2027-05.checkpoint")
@click.option("--to", metavar="FILE", type=click.Path(path_type=Path), help="Write it there instead of showing it.")
@key_option
def checkpoint_command(session: Session, *, to: Path | None, key: Path | None) -> None:
    """Write down where the history stands. Keep it elsewhere: it shows later if anything it saw was changed."""
    from qa_workflow.store.proof.checkpoints import checkpoint, parse

    with session.parts() as parts, new_file(to) if to else nullcontext() as file:
        text = checkpoint(parts.store, parts.engine.now())
        if key is not None:
            from qa_workflow.store.proof.signing import signed

            text = signed(text, key)
        if file is not None:
            file.write(text.encode())

    def show(console: Console) -> None:
        console.print(
            f"Written to {to}. Keep it where nobody who can change the database can change it." if to else text
        )

    session.answer({"checkpoint": text, "file": to, "number": parse(text).number}, show)


def as_json(proof: Proof) -> dict[str, object]:
    """What was checked and found; `ok` says it in a word."""
    return {"ok": proof.sound, **asdict(proof)}


def _show(console: Console, proof: Proof) -> None:
    console.print(f"{proof}.")
    for finding in proof.findings:
        console.print(f"  - {finding}")
    if not proof.sound:
        console.print("Keep a copy of the database as it is, and compare it with a backup.")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as fault:
        raise UsageFault(f"{file} cannot be read ({fault.strerror}); check the name and your rights to it") from fault
    except UnicodeDecodeError as fault:
        raise UsageFault(f"{file} is not a checkpoint: it is not text in UTF-8") from fault
