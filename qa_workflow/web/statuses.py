"""Which HTTP status a refusal or a fault is answered with: one table, for pages and programs alike."""

from __future__ import annotations

from collections.abc import Mapping

from qa_workflow.engine.refusals import NotAllowed
from qa_workflow.errors import IntegrityFault, QaWorkflowError, StorageFault, UsageFault
from qa_workflow.service.boards.exporting import TooManyExports
from qa_workflow.service.boards.feeds import NoSuchFeed
from qa_workflow.service.boards.saved_views import UnknownList
from qa_workflow.service.definitions.drafting import UnknownDraft
from qa_workflow.service.items.attachments import Removed
from qa_workflow.service.people.gate import SignInAgain
from qa_workflow.service.people.people import PersonMoved
from qa_workflow.service.people.throttle import TooManyTries
from qa_workflow.service.people.tokens import NoSuchToken
from qa_workflow.service.refusals import AlreadyOpen, NoMeeting, NotYours, Stale, UnknownItem
from qa_workflow.service.telling.versions import UnknownVersion
from qa_workflow.service.time.incidents import SettledAlready, UnknownIncident
from qa_workflow.web.api.conditions import NoRevision
from qa_workflow.web.api.door import KeyWanted, ScopeWanted
from qa_workflow.web.api.payloads import LargeBody, NotAForm, NotJson
from qa_workflow.web.doors import FormTooOld, SignInFirst
from qa_workflow.web.guard import TooLarge


class NotThere(UsageFault):
    """An address that names something which is not known."""

    code = "not_found"


STATUSES: Mapping[type[QaWorkflowError], int] = {
    UsageFault: 400,
    SignInFirst: 401,
    SignInAgain: 401,
    KeyWanted: 401,
    NotYours: 403,
    NotAllowed: 403,
    ScopeWanted: 403,
    NotThere: 404,
    UnknownItem: 404,
    UnknownVersion: 404,
    UnknownDraft: 404,
    UnknownList: 404,
    UnknownIncident: 404,
    NoMeeting: 404,
    NoSuchFeed: 404,
    NoSuchToken: 404,
    Stale: 409,
    AlreadyOpen: 409,
    PersonMoved: 409,
    SettledAlready: 409,
    FormTooOld: 409,
    Removed: 410,
    TooLarge: 413,
    LargeBody: 413,
    NotJson: 415,
    NotAForm: 415,
    QaWorkflowError: 422,
    NoRevision: 428,
    TooManyExports: 429,
    TooManyTries: 429,
    IntegrityFault: 500,
    StorageFault: 503,
}
"""By class; one that is not named here has the status of the nearest class above it."""


def status_of(fault: QaWorkflowError) -> int:
    """The HTTP status of a refusal or a fault."""
    return status_of_kind(type(fault))


def status_of_kind(kind: type[QaWorkflowError]) -> int:
    """The HTTP status of all refusals, or faults, of a class."""
    return next(STATUSES[each] for each in kind.__mro__ if each in STATUSES)
