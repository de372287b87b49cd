"""Faults as programs read them: problem details (RFC 9457) with a stable code, and the words that people read.

Nothing that was sent is repeated in them, so that no secret that was put in the wrong place comes back or is logged.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from qa_workflow.definition import DefinitionRefused, Fault
from qa_workflow.engine.refusals import NotNow
from qa_workflow.errors import QaWorkflowError, StorageFault
from qa_workflow.service.away import told
from qa_workflow.service.boards.exporting import TooManyExports
from qa_workflow.service.items.patient_data import LooksLikePatient
from qa_workflow.service.refusals import DoubtfulDate, Stale, UnknownItem
from qa_workflow.web import away
from qa_workflow.web.api.models.problems import NewDate
from qa_workflow.web.guard import TooLarge
from qa_workflow.web.statuses import NotThere, status_of

MEDIA = "application/problem+json"
LONGEST = 2_000
"""Characters of a detail: a refusal may name many obstacles, and no more than people read."""
TITLES = {
    400: "What was sent cannot be read",
    401: "A key, or signing in, is needed",
    403: "This is not yours to do",
    404: "There is no such thing, or none that you may see",
    405: "That cannot be done here",
    409: "Something has happened in between",
    410: "It is not given out any more",
    413: "What was sent is too large",
    415: "What was sent is of another kind than is read here",
    422: "That is not possible",
    428: "The revision that you looked at is missing",
    429: "That was asked too often",
    500: "Something went wrong here",
    503: "The database could not be reached",
}
NOT_THERE = "There is nothing under this address, or nothing that you may see."
_HTTP = {
    404: (NotThere.code, NOT_THERE),
    405: ("method_not_allowed", "This address takes no such request; the header Allow says which ones it takes."),
    413: ("too_large", str(TooLarge())),
}


def refused(request: Request, fault: QaWorkflowError) -> Response:
    """A refusal, or a fault that explains itself."""
    status = status_of(fault)
    detail = NOT_THERE if isinstance(fault, UnknownItem) else str(fault)
    code = NotThere.code if status == 404 else fault.code
    headers = {"WWW-Authenticate": 'Bearer realm="qa_workflow"'} if status == 401 else {}
    if isinstance(fault, TooManyExports):
        headers["Retry-After"] = str(math.ceil(fault.wait.total_seconds()))
    return problem(request, status, code, detail, headers=headers, **_facts(fault))


def unreachable(request: Request, fault: StorageFault) -> Response:
    """The database could not do it: what happened, what was saved, what to do."""
    away.note(request, fault)
    return problem(request, 503, fault.code, str(told(fault)), headers={"Retry-After": away.SOON})


def http(request: Request, fault: HTTPException) -> Response:
    """A fault of the protocol: no such address, no such method, a body that is no body."""
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, TooLarge):
            return problem(request, 413, cause.code, str(cause))
        cause = cause.__cause__
    code, detail = _HTTP.get(fault.status_code, ("bad_request", "What was sent cannot be read; nothing was done."))
    headers = dict(fault.headers or {})
    if fault.status_code == 405:
        headers["Allow"] = ", ".join(_methods(request))
    return problem(request, fault.status_code, code, detail, headers=headers)


def _methods(request: Request) -> list[str]:
    """What an address takes, by all routes that it has: the framework tells those of the first."""
    asked = [(method, {**request.scope, "method": method}) for method in ("GET", "HEAD", "POST")]
    return [m for m, scope in asked if any(r.matches(scope)[0] is Match.FULL for r in request.app.routes)]


def invalid(request: Request, fault: RequestValidationError) -> Response:
    """A request that has another form than is described; where, and what is wrong there, without what was sent."""
    said = dict.fromkeys((_where(error), _plain(error, request)) for error in fault.errors()[:20])
    found = [{"where": where, "what": what} for where, what in said]
    told = "; ".join(f"{each['where']}: {each['what']}" for each in found)
    return problem(request, 422, "invalid", f"Nothing was done. {told}", faults=found)


def broken(request: Request, key: str) -> Response:
    """A fault of the program."""
    said = f"Nothing more was done than was confirmed. Tell your administrator this, if it happens again: fault {key}."
    return problem(request, 500, "fault", said)


def problem(
    request: Request, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """Problem details as an answer."""
    cut = detail if len(detail) <= LONGEST else f"{detail[: LONGEST - 1]}…"
    told = {
        "type": f"urn:qa-workflow:problem:{code}",
        "title": TITLES.get(status, TITLES[500] if status >= 500 else TITLES[422]),
        "status": status,
        "code": code,
        "detail": cut if _BEGINS_WITH_A_NAME.match(cut) else cut[:1].upper() + cut[1:],
        "instance": request.url.path[:300],
        **more,
    }
    text = json.dumps(told)  # ASCII: whatever stands in it can be sent
    return Response(text, status, headers=dict(headers or {}), media_type=MEDIA)


def _facts(fault: QaWorkflowError) -> dict[str, Any]:
    """What a program can go by, beside the words."""
    if isinstance(fault, Stale):
        return {"seen": fault.seen, "revision": fault.revision, "meanwhile": list(fault.meanwhile)}
    if isinstance(fault, LooksLikePatient):
        doubts = [{"where": each.field, "what": each.kind} for each in fault.doubts[:20]]
        return {"doubts": doubts, "no_patient": fault.mark}
    if isinstance(fault, DoubtfulDate):
        dates = getattr(fault.coming, "dates", ())  # a meeting has none: its preview says which move
        told = [NewDate.model_validate(each).model_dump(mode="json") for each in dates]
        return {"coming": told, "sure": fault.coming.mark}
    if isinstance(fault, DefinitionRefused):
        return {"faults": [_fault_of(each) for each in fault.faults[:100]]}
    if isinstance(fault, NotNow):
        return {"obstacles": [{"code": each.code, "text": each.text} for each in fault.obstacles]}
    return {}


def _fault_of(fault: Fault) -> dict[str, str]:
    return {"where": f"line {fault.line}, column {fault.column}", "what": f"{fault.what}; {fault.mend}"}


def _where(error: Mapping[str, Any]) -> str:
    """A place in a request, by the names of the description; what was sent under names of its own is not repeated.

    Nor are the ways in which one of several kinds of value was tried, of which the framework makes a place of its own.
    """
    place = list(error["loc"])
    if error.get("type") == "extra_forbidden":
        place = place[:-1]
    if "fields" in place:
        place = place[: place.index("fields") + 1]
    return ".".join(str(part) for part in place if "[" not in str(part)) or "the request"


def _plain(error: Mapping[str, Any], request: Request) -> str:
    kind = str(error.get("type", ""))
    if kind in _WORDS:
        known = _known(request, error["loc"]) if kind == "extra_forbidden" else ""
        return _WORDS[kind].format(**error.get("ctx", {})) + known
    said = str(error.get("msg", "it is not what is wanted here"))
    return "it is no file" if "UploadFile" in said else said.removeprefix("Value error, ")[:200]


def _known(request: Request, place: Sequence[Any]) -> str:
    """The names that a body, or the query, may have; nothing for what is deeper inside."""
    route = request.scope.get("route")
    if len(place) != 2 or not isinstance(route, APIRoute):
        return ""
    fields = [route.body_field] if place[0] == "body" else route.dependant.query_params
    shapes = [field.field_info.annotation for field in fields if field is not None]
    named = [shape.model_fields for shape in shapes if isinstance(shape, type) and issubclass(shape, BaseModel)]
    names = [each.alias or name for shape in named for name, each in shape.items()]
    return f"; known are: {', '.join(names)}" if names else ""


_BEGINS_WITH_A_NAME = re.compile(r"[a-z0-9]+[_-][a-z0-9_-]*\b")
"""`ghft-contact may not …`: a name of ours is not written in another way, or nobody would find it."""
_NO_DAY = "there is no such day, or it is written in another way; write it as 2027-08-06"
_NO_TIME = "there is no such time, or it is written in another way; write it as 2027-08-06T17:00:00+01:00"
_NO_NUMBER, _NO_TRUTH, _NO_OBJECT = "it is not a whole number", "it is neither true nor false", "it is not an object"
_WORDS = {
    "date_type": _NO_DAY,
    "datetime_type": _NO_TIME,
    "date_parsing": _NO_DAY,
    "date_from_datetime_parsing": _NO_DAY,
    "date_from_datetime_inexact": _NO_DAY,
    "datetime_parsing": _NO_TIME,
    "datetime_from_date_parsing": _NO_TIME,
    "timezone_aware": "it does not say how far it is from UTC; write it as 2027-08-06T17:00:00+01:00",
    "missing": "it is missing",
    "extra_forbidden": "it has a name that is not known here",
    "json_invalid": "the text is not JSON",
    "string_pattern_mismatch": "it is not written as described",
    "string_type": "it is not a text",
    "string_too_short": "it has fewer characters than {min_length}",
    "string_too_long": "it has more characters than {max_length}",
    "too_short": "it has fewer entries than {min_length}",
    "too_long": "it has more entries than {max_length}",
    "greater_than_equal": "it is less than {ge}",
    "less_than_equal": "it is more than {le}",
    "literal_error": "it is not one of {expected}",
    "list_type": "it is not a list",
    "int_type": _NO_NUMBER,
    "int_parsing": _NO_NUMBER,
    "bool_type": _NO_TRUTH,
    "bool_parsing": _NO_TRUTH,
    "model_type": _NO_OBJECT,
    "model_attributes_type": _NO_OBJECT,
    "dict_type": _NO_OBJECT,
}
