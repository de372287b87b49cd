"""Files that were uploaded and that nothing was made of: taken back, refused, forgotten. They do not stay.

A file is uploaded before the step that is to refer to it, and may name a patient; whoever is asked takes it back, or
goes away. So an upload is good for a day: within it a step may refer to the file, which is evidence from then on, and
after it none may, and the next sweep removes the bytes.

The row comes before the bytes, and the bytes go before the row, under the row's lock. So there are never bytes on disk
without a row that will see them removed, whenever a process dies; and whoever uploads the same file again at that
moment waits for the row, and then writes it anew. What a step attached at that moment has its row changed, and stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from qa_workflow.errors import Refusal
from qa_workflow.service.house import House, Work

LASTS = timedelta(days=1)
"""How long after its upload a file may be attached."""
SLACK = timedelta(hours=1)
"""How much longer it is there, so that clocks that differ never take from a step what another allowed it."""
_AT_ONCE = 100
SCRUB = "scrub"
"""What the house remembers while a text that was removed may still stand in its database's own files: its hash."""


class UploadLapsed(Refusal):
    """A step refers to a file whose upload is no longer good, or never was."""

    code = "upload_lapsed"

    def __init__(self) -> None:
        super().__init__(
            "the file is not kept here any more, for an upload of which nothing is made is removed after a day; "
            "nothing was saved: choose the file again"
        )


def clear(house: House, now: datetime) -> int:
    """Remove what was uploaded and not attached within a day; how many files.

    And what was removed with authority by a process that died before the bytes were gone.
    """
    scrub(house)
    before = now - LASTS - SLACK
    with house.store.reading() as look:
        done = [name for removal in look.removals().values() if removal.is_done for name in removal.names]
        has_unused = look.has_unused(before)
    for name in done:
        house.documents.remove(name, for_good=True)
    if not has_unused:
        return 0

    def work(work: Work) -> int:
        names = work.unit.drop_unused(before, _AT_ONCE)
        for name in names:
            house.documents.remove(name)
        return len(names)

    removed = 0
    while count := house.write(work, now):
        removed += count
    return removed


def scrub(house: House) -> None:
    """Have the database's own files lose a text that was removed; while somebody reads there, it is tried again."""
    with house.store.reading() as look:
        wanted = look.house().get(SCRUB)
    if wanted and house.store.scrub():
        house.write(partial(_scrubbed, wanted=wanted))


def _scrubbed(work: Work, wanted: str) -> None:
    if work.look.house().get(SCRUB) == wanted:  # and not another, removed meanwhile
        work.unit.set_house(SCRUB, "")
