"""The headers that keep two people from writing over each other, and one request from happening twice."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.responses import JSONResponse, Response

from qa_workflow.errors import UsageFault
from qa_workflow.service.items.once import Once
from qa_workflow.service.items.requests import Request as Repeatable
from qa_workflow.service.items.requests import own_request

IF_MATCH, IDEMPOTENCY_KEY, REPLAYED = "If-Match", "Idempotency-Key", "Idempotency-Replayed"
ETAG_PATTERN = '^"[0-9]{1,9}"$'
ENTRY_PATTERN = '^"[0-9a-f]{12}"$'
KEY_PATTERN = "^[A-Za-z0-9._~:-]{8,128}$"


class NoRevision(UsageFault):
    """A change without saying which revision was looked at."""

    code = "revision_missing"

    def __init__(self) -> None:
        super().__init__(
            "say which revision you looked at: send the ETag of your last answer in the header If-Match; "
            "nothing was done"
        )


class BadRevision(UsageFault):
    """If-Match with something else than a revision."""

    code = "bad_revision"

    def __init__(self, such_as: str) -> None:
        super().__init__(
            f"the header If-Match takes one revision in quotes, as {such_as}, as the ETag of an answer gave it"
        )


class BadKey(UsageFault):
    """Idempotency-Key with something that is no key."""

    code = "bad_key"

    def __init__(self) -> None:
        super().__init__(
            "the header Idempotency-Key takes 8 to 128 letters, digits and . _ ~ : -, for instance a random UUID"
        )


def revision(if_match: Annotated[str | None, Header(alias=IF_MATCH)] = None) -> int:
    """The revision that was looked at.

    Raises:
        NoRevision: none is given, or any would do.
        BadRevision: it cannot be read.
    """
    return int(_revision(if_match, ETAG_PATTERN, '"7"'))


def entry_revision(
    if_match: Annotated[str | None, Header(alias=IF_MATCH, json_schema_extra={"pattern": ENTRY_PATTERN})] = None,
) -> str:
    """The same of a person, whose revisions have no order.

    Raises:
        NoRevision, BadRevision: as `revision`.
    """
    return _revision(if_match, ENTRY_PATTERN, '"0123456789ab"')


def _revision(if_match: str | None, pattern: str, such_as: str) -> str:
    """What stands between the quotes."""
    given = (if_match or "").strip()
    if given in ("", "*"):
        raise NoRevision
    if not re.fullmatch(pattern, given):
        raise BadRevision(such_as)
    return given.strip('"')


async def repeatable(
    request: Request, idempotency_key: Annotated[str | None, Header(alias=IDEMPOTENCY_KEY)] = None
) -> Repeatable | None:
    """The request as one that may come twice, if it has a key: what counts is who asks, where, and every byte of it.

    The revision does not: who asks again after losing an answer may have looked at the item in between.

    Raises:
        BadKey: the key is none.
    """
    if idempotency_key is None:
        return None
    if not re.fullmatch(KEY_PATTERN, idempotency_key):
        raise BadKey
    asked = f"{request.method} {request.url.path}\n".encode()
    person: str = request.state.caller.name
    return own_request(person, idempotency_key, asked + await request.body())


Seen = Annotated[int, Depends(revision)]
SeenEntry = Annotated[str, Depends(entry_revision)]
Key = Annotated[Repeatable | None, Depends(repeatable)]


def tagged(answer: Response, revision: int | str) -> Response:
    """The answer with the revision that it shows."""
    answer.headers["ETag"] = f'"{revision}"'
    return answer


def answered(done: Once, status: int = 200) -> Response:
    """What was done under a key, or had been."""
    told = JSONResponse(dict(done.said), status)
    if done.repeated:
        told.headers[REPLAYED] = "true"
    return told
