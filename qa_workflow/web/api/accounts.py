"""Accounts and keys: what an administrator takes back, and the keys that one has given away.

No key opens a way in for anybody: invitations and one-time codes are for people who are signed in (decision 0010).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from qa_workflow.service.people import accounts, people, tokens
from qa_workflow.service.people.tokens import ADMINISTER
from qa_workflow.web.api.describing import READING, WRITING, answers
from qa_workflow.web.api.door import ApiDoor, Called
from qa_workflow.web.api.models.base import Gone, Nothing, Sha256
from qa_workflow.web.api.models.desk import Keys
from qa_workflow.web.api.models.people import Ended
from qa_workflow.web.api.people import Person, must_be_known

door = ApiDoor("accounts", __doc__)
RIGHT = people.ADMINISTER
_DONE = answers(Gone, *WRITING, 404)


@door.post("/people/{person}/sign-out", right=RIGHT, scope=ADMINISTER, responses=answers(Ended, *WRITING, 404))
def sign_person_out(ask: Called, person: Person, body: Nothing) -> Response:
    """End every session of a person, and take back every key and calendar feed that they gave away."""
    del body
    must_be_known(ask, person)
    ended = accounts.sign_out_everywhere(ask.parts.gate, person, actor=ask.name, now=ask.wall_now)
    return ask.tell(Ended, ended)


@door.post("/people/{person}/close", right=RIGHT, scope=ADMINISTER, responses=_DONE)
def close_account(ask: Called, person: Person, body: Nothing) -> Response:
    """Let nobody sign in as this person any more, until an invitation opens the account again."""
    del body
    must_be_known(ask, person)
    accounts.close(ask.parts.gate, person, actor=ask.name, now=ask.wall_now)
    return ask.tell(Gone, {"gone": True})


@door.post("/me/sign-out-everywhere", responses=answers(Ended, *WRITING))
def sign_out_everywhere(ask: Called, body: Nothing) -> Response:
    """End every session of one's own, and take back every calendar feed and every key: the one that asks, too."""
    del body
    ended = accounts.sign_out_everywhere(ask.parts.gate, ask.name, actor=ask.name, now=ask.wall_now)
    return ask.tell(Ended, ended)


@door.get("/me/keys", responses=answers(Keys, *READING))
def list_my_keys(ask: Called) -> Response:
    """The keys that one has given to programs; what opens them is kept nowhere."""
    return ask.tell(Keys, {"keys": tokens.of(ask.house, ask.name, now=ask.wall_now)})


@door.post("/me/keys/{token}/take-back", responses=answers(Gone, *WRITING, 404))
def take_key_back(
    ask: Called,
    token: Annotated[Sha256, Path(description="The identifier of a key.")],
    body: Nothing,
) -> Response:
    """From now on the key opens nothing; a program that lost its key does this with it at once."""
    del body
    tokens.take_back(ask.house, ask.name, token, now=ask.wall_now)
    return ask.tell(Gone, {"gone": True})
