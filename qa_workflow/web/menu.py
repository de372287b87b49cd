"""The ways in, for each as far as they may pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qa_workflow.store.figures import needing_a_person
from qa_workflow.web.asking import Ask
from qa_workflow.web.doors import SIGNED_IN, Allow, right


@dataclass(frozen=True, slots=True)
class Entry:
    """One way in."""

    text: str
    path: str
    allow: Allow = SIGNED_IN
    also: tuple[str, ...] = ()
    """Other pages that belong to it."""


MACHINE_ROOM = "/machine-room"
"""Its entry tells how much there needs a person."""
ENTRIES = (
    Entry("My items", "/"),
    Entry("Overdue", "/overdue", also=("/misses", "/waits", "/lateness")),
    Entry("All items", "/items"),
    Entry("Calendar", "/calendar"),
    Entry("Workflows", "/workflows", right("see_all")),
    Entry("People", "/people", right("administer")),
    Entry("Machine room", MACHINE_ROOM, right("administer")),
)


def menu(ask: Ask) -> Iterator[dict[str, object]]:
    """The entries that who asks may open, for the header."""
    here = ask.request.url.path
    for entry in ENTRIES:
        if entry.allow.passes(ask):
            is_here = (
                here == entry.path or here in entry.also or (entry.path != "/" and here.startswith(f"{entry.path}/"))
            )
            count = needing_a_person(ask.parts.store) if entry.path == MACHINE_ROOM else 0
            yield {"text": f"{entry.text} ({count})" if count else entry.text, "href": entry.path, "current": is_here}
