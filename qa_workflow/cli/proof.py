"""Proof that the history is what was written: checked here, and against checkpoints kept elsewhere."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click
from click.exceptions import Exit

from qa_workflow.cli import complete
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import progress_of
from qa_workflow.cli.command import PATH, command
from qa_workflow.cli.session import Session
from qa_workflow.cli.writing import new_file
from qa_workflow.errors import IntegrityFault, UsageFault

if TYPE_CHECKING:
    from rich.console import Console

    from qa_workflow.service.ports.proof import ItemProof
    from qa_workflow.store.proof.findings import Proof
    from qa_workflow.wiring import Parts


SEE_ALL = "see_all"
"""The right of who may take the record of an item; written out, for `--help` is not to wait for the engine."""
key_option = click.option(
    "--key",
    metavar="FILE",
    envvar="QA_WORKFLOW_CHECKPOINT_KEY",
    type=PATH,
    help="An Ed25519 key (PEM) that signs checkpoints. [env: QA_WORKFLOW_CHECKPOINT_KEY]",
)


@command("verify", example="qa-workflow verify --checkpoint 2027-05.checkpoint")
@click.argument("item", required=False, shell_complete=complete.items)
@click.option("--checkpoint", metavar="FILE", type=PATH, help="A checkpoint that was kept elsewhere.")
@click.option("--quick", is_flag=True, help="Only the chains of the histories, not what they make of every row.")
@click.option(
    "--to",
    metavar="FILE",
    type=PATH,
    help="Write the item's record there, as .zip, for an auditor.",
)
@click.option("--without-documents", is_flag=True, help="Leave the documents themselves out of that file.")
@as_option
@key_option
def verify_command(
    session: Session,
    *,
    item: str | None,
    checkpoint: Path | None,
    quick: bool,
    to: Path | None,
    without_documents: bool,
    person: str | None,
    key: Path | None,
) -> None:
    """Check histories, all rows that follow from them, and documents. Ends with 3 and the places if something differs.

    Not proved, for no history tells of it: sessions, drafts that nobody has proposed, lists that people keep, figures,
    when a letter left and how often it was tried.

    With an ITEM only that one is checked: history, row, documents. `--to` then writes its record: its story, the bytes
    of its history, its documents, and how to check them without this database. That it was taken is on record.
    """
    text = _text(checkpoint) if checkpoint else None
    if text is not None and key is not None:
        from qa_workflow.store.proof.signing import check

        check(text, key)
    if item is None:
        if to is not None:
            raise UsageFault("--to writes the record of one item; name the item: verify ITEM --to FILE.zip")
        is_sound = _everything(session, text, quick=quick)
    elif quick:
        raise UsageFault("--quick is for the whole database; leave it out of `verify ITEM`")
    else:
        is_sound = _one(session, item, text, to, person, documents=not without_documents)
    if not is_sound:
        raise Exit(IntegrityFault.exit_code)


def _everything(session: Session, text: str | None, *, quick: bool) -> bool:
    from qa_workflow.store.proof.verifying import verify

    with session.parts() as parts, progress_of("Checking") as told:
        proof = verify(parts.store, text, told, deep=not quick, documents=parts.documents)
    session.answer(as_json(proof), lambda console: _show(console, proof))
    return proof.sound


def _one(
    session: Session, item: str, text: str | None, to: Path | None, person: str | None, *, documents: bool
) -> bool:
    from qa_workflow.service.telling.proved import anchor_words, proof_words

    with session.parts() as parts:
        if to is None:
            proof = parts.prove_item(item, text)
        else:
            who = actor(session, parts, person, SEE_ALL)
            proof = _write_record(parts, item, text, to, who, documents=documents)
        with parts.house.looking() as (_, world):
            held = anchor_words(proof, world.governance.calendar.zone)

    def show(console: Console) -> None:
        console.print(f"{proof.reference}: {proof_words(proof)}")
        for finding in proof.findings:
            console.print(f"  - {finding}")
        for said in proof.removed:
            console.print(said[:1].upper() + said[1:])
        console.print(held)
        console.print(f"Hash of the last of its {len(proof.lines)} events: {proof.head.hex()}")
        if to is not None:
            console.print(f"Its record is in {to}; README.txt in it says how to check it elsewhere.")

    told = {
        "ok": proof.is_sound,
        "reference": proof.reference,
        "events": len(proof.lines),
        "head": proof.head.hex(),
        "findings": proof.findings,
        "removed": proof.removed,
        "checkpoint": proof.anchor and {"number": proof.anchor.number, "events": proof.anchor.events},
        "file": to,
    }
    session.answer(told, show)
    return proof.is_sound


def _write_record(parts: Parts, item: str, text: str | None, to: Path, person: str, *, documents: bool) -> ItemProof:
    """The record of an item as a file, also where something does not prove itself: it says so."""
    from qa_workflow.service.lists.record import record, write_down
    from qa_workflow.service.lists.record_file import write

    with new_file(to) as file:
        taken = record(parts.house, parts.prove_item, person, item, text)
        write_down(parts.house, taken, person, documents=documents)
        write(taken, file, parts.documents if documents else None)
    return taken.proof


@command("checkpoint", example="qa-workflow checkpoint --to 2027-05.checkpoint")
@click.option("--to", metavar="FILE", type=PATH, help="Write it there instead of showing it.")
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
    for said in proof.removed:
        console.print(said[:1].upper() + said[1:])
    if not proof.sound:
        console.print("Keep a copy of the database as it is, and compare it with a backup.")


def _text(file: Path) -> str:
    from qa_workflow.service.files import content_of

    try:
        return content_of(file).decode()
    except UnicodeDecodeError as fault:
        raise UsageFault(f"{file} is not a checkpoint: it is not text in UTF-8") from fault
