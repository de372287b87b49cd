"""How a calendar feed is known, and how it ends: its address, and what it has shown, which goes with it."""

from __future__ import annotations

from qa_workflow.service.house import Work

KIND = "feed"


def kept_as(feed: str) -> str:
    """Under which name the house keeps what a feed has shown."""
    return f"feed:{feed}"


def end(work: Work, feed: str) -> None:
    """Its address shows nothing any more."""
    work.unit.access.drop_key(feed)
    work.unit.boards.drop_figure(kept_as(feed))


def end_all(work: Work, person: str) -> int:
    """All that a person has given away, within a transaction that says so on record; how many there were."""
    given = work.unit.access.keys(KIND, person)
    for key in given:
        end(work, key.hash)
    return len(given)
