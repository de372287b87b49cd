"""What people typed, held against the hashes that stand for it, and against what was removed with authority."""

from __future__ import annotations

from qa_workflow.engine.texts import read_beside, text_hash, wanted
from qa_workflow.store.proof.proving import Case


def prove_texts(case: Case, at: tuple[str, int, str], stored: bytes, kept: str | None) -> str | None:
    """Every text that was taken out of some bytes must lie beside them, or be on record as removed; gives what lies
    there, or None where that cannot be read.

    Args:
        at: the item, the number of the event, and the column in which texts lie.
    """
    hashes = dict.fromkeys(wanted(stored))
    if kept is None and not hashes:
        return None
    try:
        beside = read_beside(kept)
    except ValueError as fault:
        case.find(*at, f"what was typed cannot be read ({fault})")
        return None
    for digest in hashes:
        name = f"text {digest[:12]}…"
        if digest not in beside:
            case.find(*at, f"{name} is missing, and no removal of it is on record")
            continue
        salt, text = beside[digest]
        if salt is None:
            if case.apart.get(digest) != text:
                case.find(*at, f"{name} is not there, and history 'removals' does not say this of it")
        elif not _is(digest, salt, text):
            case.find(*at, f"{name} was changed: it does not have the hash that was written with it")
        elif digest in case.apart:
            case.find(*at, f"{name} was taken out, as history 'removals' says, and is there all the same")
        elif digest in case.marked:
            what = "was removed here for good, and this database, which is from before, does not know it"
            case.find(*at, f"{name} {what}: let its removal be asked for again")
    for digest in beside.keys() - hashes.keys():
        case.find(*at, f"text {digest[:12]}… is there, and nothing stands for it")
    return kept


def _is(digest: str, salt: str, text: str) -> bool:
    try:
        return text_hash(salt, text) == digest
    except ValueError:
        return False
