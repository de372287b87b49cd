"""What proving one item came to, in sentences for people who know nothing of hashes."""

from __future__ import annotations

from qa_workflow.calendar import instant_words
from qa_workflow.calendar.words import counted
from qa_workflow.engine.item import instant
from qa_workflow.service.ports.proof import ItemProof


def proof_words(proof: ItemProof) -> str:
    """Whether the item proves itself."""
    if proof.is_sound:
        events = counted(len(proof.lines), "event")
        return (
            f"This history of {events} proves itself. Each carries the hash of the one before it, "
            "so none was changed, left out or put in between; the item as it stands here is what they make of it."
        )
    things = "one thing does" if len(proof.findings) == 1 else f"{len(proof.findings)} things do"
    return f"This history does not prove itself: {things} not fit. Do not rely on this record before it is explained."


def anchor_words(proof: ItemProof, zone: str) -> str:
    """What holds the history from outside, or that nothing does."""
    anchor = proof.anchor
    if anchor is None:
        seen = "No checkpoint has been made since the item was opened" if proof.is_sound else "No checkpoint fits it"
        return f"{seen}: the history can only be held against itself, which whoever rewrote all of it would pass."
    of = f"checkpoint {anchor.number} of {instant_words(instant(anchor.at), zone)}"
    later = len(proof.lines) - anchor.events
    if later == 0:
        return f"It is anchored in {of}, which saw the whole of it."
    rest = "What came later, 1 event, is" if later == 1 else f"The {later} later ones are"
    seen = counted(anchor.events, "event")
    return f"It is anchored in {of}, which saw the first {seen}. {rest} held by no checkpoint yet."
