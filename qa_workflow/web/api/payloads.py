"""What programs send, read strictly: JSON that has one meaning, and text that is text."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request

from qa_workflow.errors import UsageFault

LARGEST = 2 * 2**20
"""Bytes of a body in JSON: the largest text field many times over; a report belongs into a document."""
DEEPEST = 16
ONCE = ("Authorization", "If-Match", "Idempotency-Key", "Content-Type")
"""Headers of which one counts; elsewhere along the way the other might."""
_DIGITS = 30


class BadBody(UsageFault):
    """A body that cannot be read."""

    code = "bad_body"


class NotJson(UsageFault):
    """A body of another kind."""

    code = "not_json"

    def __init__(self) -> None:
        super().__init__("this is read as JSON only; send it with the header Content-Type: application/json")


class NotAForm(UsageFault):
    """A document that is sent otherwise than as a file in a form."""

    code = "not_a_form"

    def __init__(self) -> None:
        super().__init__("a document is sent as the file called file, in a body of the type multipart/form-data")


class LargeBody(UsageFault):
    """More JSON than anything here needs."""

    code = "too_large"

    def __init__(self) -> None:
        super().__init__(
            f"the JSON is larger than {LARGEST // 2**20} MB, so nothing was done; attach a document instead"
        )


class BadQuery(UsageFault):
    """An address that says one name twice."""

    code = "bad_query"

    def __init__(self) -> None:
        super().__init__("the address says one name twice after the question mark, so it cannot be told which is meant")


class BadHeader(UsageFault):
    """A header that is sent twice, where only one can be meant."""

    code = "bad_header"

    def __init__(self, name: str) -> None:
        super().__init__(f"the header {name} is sent twice, so it cannot be told which is meant; send it once")


def check_headers(request: Request) -> None:
    """Refuse a request of which who asks, what they looked at, or what it is has two meanings; raises `BadHeader`."""
    for name in ONCE:
        if len(request.headers.getlist(name)) > 1:
            raise BadHeader(name)


def check_query(request: Request) -> None:
    """Refuse an address that has two meanings; raises `BadQuery`."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(set(names)) != len(names):
        raise BadQuery


async def read_json(request: Request) -> None:
    """Read the body, and have it where the framework looks for it.

    Raises:
        NotJson: it says that it is something else.
        LargeBody: more than 2 MB.
        BadBody: no JSON, nested too deep, a name twice, a number or a text that cannot be kept.
    """
    body = await request.body()
    if body and _kind(request) != "application/json":
        raise NotJson
    if len(body) > LARGEST:
        raise LargeBody
    if body:
        request._json = parse(body)  # noqa: SLF001  where `request.json()` keeps what it has read


def check_form(request: Request) -> None:
    """Refuse a body that cannot have a file in it; raises `NotAForm`."""
    if _kind(request) != "multipart/form-data":
        raise NotAForm


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def parse(body: bytes) -> Any:
    """The one value that these bytes mean."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_int=_integer, parse_constant=_no_number
        )
    except (UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise BadBody("the body is not JSON in UTF-8; nothing was done") from fault
    except RecursionError as fault:
        raise BadBody("the JSON is nested too deep; nothing was done") from fault
    _check(value, 0)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadBody("the JSON says one name twice in one object, so it cannot be told which is meant")
    return found


def _integer(text: str) -> int:
    if len(text) > _DIGITS:
        raise BadBody("the JSON holds a number that is too large to be kept")
    return int(text)


def _no_number(_: str) -> Any:
    raise BadBody("the JSON holds a value that is no number (NaN or Infinity)")


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise BadBody("the JSON is nested too deep; nothing was done")
    if isinstance(value, str):
        if not is_text(value):
            raise BadBody("the JSON holds a text with a character that is none (NUL, or half of a pair)")
    elif isinstance(value, dict):
        for name, entry in value.items():
            _check(name, depth + 1)
            _check(entry, depth + 1)
    elif isinstance(value, list):
        for entry in value:
            _check(entry, depth + 1)
    elif isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise BadBody("the JSON holds a number that is too large to be kept")


def is_text(value: str) -> bool:
    """Whether a text can be stored and sent: no NUL, no half of a pair."""
    return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
