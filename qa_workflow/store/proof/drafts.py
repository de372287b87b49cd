"""Four eyes on definitions: what was proposed, by whom, and what was published of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from sqlalchemy import select

from qa_workflow.service.definitions.proposals import PROPOSED, PUBLISHED
from qa_workflow.service.ports.streams import DRAFTS
from qa_workflow.store.desk import DRAFT
from qa_workflow.store.proof.proving import Case, Said


def prove_drafts(case: Case, said: Sequence[Said], definitions: Iterable[Said]) -> None:
    """What waits for a second person waits as it was proposed; and what one approved was proposed by another."""
    last = {line.data["draft"]: line for line in said}
    for row in case.connection.execute(select(DRAFT).order_by(DRAFT.c.id)):
        place, line = f"draft {row.id}", last.pop(row.id, None)
        was_proposed = line is not None and line.kind == PROPOSED
        if row.status == PROPOSED and line is not None and was_proposed:
            wanted = {"proposed_by": line.data["by"], "proposed_hash": line.data["hash"]}
            if "writers" in line.data:
                wanted["author"] = " ".join(line.data["writers"])
            for column, value in wanted.items():
                if getattr(row, column) != value:
                    what = f"line {line.seq} of history {DRAFTS!r} says {value}"
                    case.find(place, None, f"draft.{column}", what)
            if sha256(row.source).hexdigest() != line.data["hash"]:
                case.find(place, None, "draft.source", "it is not the text that was proposed")
        elif row.status == PROPOSED or (was_proposed and row.status != PUBLISHED):
            case.find(place, None, "draft.status", f"it is {row.status!r}, and history {DRAFTS!r} says otherwise")
    for number, line in last.items():  # also of one that was thrown away the row is kept
        what = f"line {line.seq} of history {DRAFTS!r} tells of it, and it is gone"
        case.find(f"draft {number}", None, "draft", what)
    proposed = {(each.data["hash"], each.data["by"]): each for each in said if each.kind == PROPOSED}
    for line in definitions:
        if "proposer" not in line.data:
            continue
        found = proposed.get((line.data["hash"], line.data["proposer"]))
        if found is None or set(found.data.get("writers", line.data["writers"])) != set(line.data["writers"]):
            place = f"{line.data['kind']} {line.data['name']} version {line.data['version']}"
            what = f"history {DRAFTS!r} does not know that {line.data['proposer']} proposed it, written by these people"
            case.find(place, line.seq, "record:definitions", what)
