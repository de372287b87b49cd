"""What somebody sends twice is done once: a request key, and what was asked under it.

The key is kept with the answer in the transaction that changes the item. Sent again, the same answer is given; sent
with something else in it, nothing is done.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from qa_workflow.engine import Item
from qa_workflow.engine.json_text import ENCODER
from qa_workflow.errors import Refusal


class KeyReused(Refusal):
    """One request key was sent with two different requests."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(
            "this key came with another request before, so nothing was done; "
            "give each new request a key of its own, and repeat a request only as it was"
        )


@dataclass(frozen=True, slots=True)
class Request:
    """A request that may come more than once: its key, and the SHA-256 in hex of what is asked ("": not compared)."""

    key: str
    about: str = ""


def request_of(given: str | Request | None) -> Request | None:
    """What came with a request as its key; without one nobody can send it again, and no answer is kept."""
    return given if isinstance(given, Request) else Request(given) if given else None


def whole(request: Request | None, *what: object) -> Request | None:
    """A request that a script gave only a key: with what is asked, so that a key used again for something else is told.

    Args:
        what: what is asked, of parts that are written the same in every process.
    """
    if request is None or request.about:
        return request
    return replace(request, about=sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest())


def own_request(person: str, key: str, asked: bytes) -> Request:
    """A request under a key that a program chose: no two people's keys meet, and none meets a key of our own."""
    named = sha256(f"{person}\0{key}".encode()).hexdigest()
    return Request(f"asked:{named}", sha256(asked).hexdigest())


def written(request: Request, item: Item, events: int) -> str:
    """The answer as it is kept; the last `events` of the item's history are what the request came to."""
    said: dict[str, Any] = {"id": item.id, "revision": item.revision, "found": item.revision - events}
    if request.about:
        said["about"] = request.about
    return ENCODER.encode(said).decode()


def begun(request: Request) -> str:
    """What is kept of a request that is about no one item."""
    return json.dumps({"about": request.about})


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered before: the item, and its revision after that request and before it."""

    id: str
    revision: int
    found: int


def read(answer: str, request: Request) -> Answered:
    """An answer that was kept.

    Raises:
        KeyReused: it was given to another request.
    """
    said = json.loads(answer)
    if said.get("about", request.about) != request.about:  # not kept where it was not compared, or a text is removed
        raise KeyReused
    revision = said.get("revision", 0)
    return Answered(said.get("id", ""), revision, said.get("found", revision))
