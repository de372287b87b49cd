"""Shapes of files that are taken out because they name a patient."""

from __future__ import annotations

from qa_workflow.web.api.models.base import Instant, Reason, Sent, Sha256, Told, Words


class AskRemoval(Sent):
    """Why a file is to be removed; nobody is named again. `no_patient` says of a doubtful reason that it is none."""

    reason: Reason
    no_patient: Words | None = None


class ConfirmRemoval(Sent):
    """The `key` of the wish that was read."""

    key: Words | None = None


class DeclineRemoval(Sent):
    """Why the file stays; and the `key` of the wish that was read."""

    reason: Reason
    key: Words | None = None
    no_patient: Words | None = None


class Removal(Told):
    """A file that is to be removed, or is: `done_at` is null until a second person has done it.

    `reference` is the item at which it was asked for; others may have the same file. `said` is the whole in words.
    """

    sha256: Sha256
    reference: str
    by: str
    at: Instant
    reason: str
    done_by: str | None
    done_at: Instant | None
    key: str
    said: str


class Removals(Told):
    """Files that are removed, or are to be, the latest first."""

    removals: list[Removal]
