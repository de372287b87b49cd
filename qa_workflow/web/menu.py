"""The ways in, for each as far as they may pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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


ENTRIES = (
    Entry("My items", "/"),
    Entry("Overdue", "/overdue", also=("/misses", "/waits", "/lateness")),
    Entry("All items", "/items"),
    Entry("Calendar", "/calendar"),
    Entry("Workflows", "/workflows", right("see_all")),
    Entry("People", "/people", right("administer")),
    Entry("Machine room", "/machine-room", right("administer")),
)


def menu(ask: Ask) -> Iterator[dict[str, object]]:
    """The entries that who asks may open, for the header."""
    here = ask.request.url.path
    for entry in ENTRIES:
        if entry.allow.passes(ask):
            is_here = (
                here == entry.path or here in entry.also or (entry.path != "/" and here.startswith(f"{entry.path}/"))
            )
            yield {"text": entry.text, "href": entry.path, "current": is_here}
