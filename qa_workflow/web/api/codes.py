"""The codes of refusals and faults, with what each means: said once, in the class that is raised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qa_workflow.errors import QaWorkflowError
from qa_workflow.web.statuses import NotThere, status_of_kind

OF_PROTOCOL = {
    "bad_request": "What was sent is no request that can be read.",
    "fault": "A fault of the program; the words name it for your administrator.",
    "invalid": "The request has another form than is described; `faults` says where.",
    "method_not_allowed": "The address takes no such request.",
    "other_site": "A page of another site sent the request.",
}
_NOT_BY_API = (
    "qa_workflow.cli.",
    "qa_workflow.effects.",
    "qa_workflow.web.pages.",
    "qa_workflow.web.serving",
    "qa_workflow.web.forms",
    "qa_workflow.web.oidc",
    "qa_workflow.service.people.accounts",
    "qa_workflow.service.people.codes",
    "qa_workflow.service.people.gate",
    "qa_workflow.service.people.identities",
    "qa_workflow.service.people.invitations",
    "qa_workflow.service.people.keeping_typed",
    "qa_workflow.service.people.passwords",
    "qa_workflow.service.people.throttle",
    "qa_workflow.service.production",
    "qa_workflow.store.backups.",
    "qa_workflow.store.proof.signing",
    "qa_workflow.store.rehearsal",
)
"""Where people sign in, or use what the API has no part in."""


def codes() -> Mapping[str, str]:
    """Every code that the API may answer with, by name."""
    kinds = sorted(set(_below(QaWorkflowError)), key=lambda kind: (kind.code, kind.__module__))
    found = dict(OF_PROTOCOL)
    for kind in kinds:
        is_told = kind.__module__.startswith("qa_workflow.") and not kind.__module__.startswith(_NOT_BY_API)
        if is_told and (kind is NotThere or status_of_kind(kind) != 404):  # what is not there is told alike
            found.setdefault(kind.code, " ".join((kind.__doc__ or "").partition("\n\n")[0].split()))
    return dict(sorted(found.items()))


def _below(kind: type[QaWorkflowError]) -> Iterator[type[QaWorkflowError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
