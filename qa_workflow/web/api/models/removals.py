"""Shapes of files and texts that are taken out because they name a patient."""

from __future__ import annotations

from qa_workflow.web.api.models.base import Instant, Reason, Sent, Sha256, Told, Words


class AskRemoval(Sent):
    """Why it is to be removed; nobody is named again. `no_patient` says of a doubtful reason that it is none."""

    reason: Reason
    no_patient: Words | None = None


class ConfirmRemoval(Sent):
    """The `key` of the wish that was read."""

    key: Words | None = None


class DeclineRemoval(Sent):
    """Why it stays; and the `key` of the wish that was read."""

    reason: Reason
    key: Words | None = None
    no_patient: Words | None = None


class Removal(Told):
    """A file or a text that is to be removed, or is: `done_at` is null until a second person has done it.

    `event` is the number of the event in which a text was typed, and null for a file. `reference` is the item at which
    it was asked for; others may have the same file. `said` is the whole in words.
    """

    sha256: Sha256
    what: str
    event: int | None
    reference: str
    by: str
    at: Instant
    reason: str
    done_by: str | None
    done_at: Instant | None
    key: str
    said: str


class Removals(Told):
    """What is removed, or is to be, the latest first."""

    removals: list[Removal]


class Removable(Told):
    """A file (`said` is its name), or a text that was typed in an event of this number."""

    sha256: Sha256
    what: str
    said: str
    event: int | None


class Removables(Told):
    """What can be removed of an item: its files, then its texts in the order of the history."""

    removable: list[Removable]
