"""Requests about no one item that are sent twice and done once: the answer is kept with what was done.

For use cases that are one transaction: the key is looked for, and kept, in that very transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from qa_workflow.service.house import House, Work
from qa_workflow.service.items import requests
from qa_workflow.service.items.requests import Request

T = TypeVar("T")
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Once:
    """The answer as JSON; `repeated`: it had been given before, and nothing was done again."""

    said: Told
    repeated: bool


def once(house: House, request: Request | None, do: Callable[[House], T], told: Callable[[T], Told]) -> Once:
    """Do it, or give the answer that it had before.

    Args:
        do: a use case that is one transaction, and answers with what the transaction did.
        told: its answer as JSON; kept, so no secret may be in it.

    Raises:
        KeyReused: the request key came with something else before.
    """
    if request is None:
        return Once(told(do(house)), repeated=False)
    parts = {each.name: getattr(house, each.name) for each in fields(House)}
    try:
        return Once(told(do(_Keeping(**parts, request=request, told=told))), repeated=False)
    except _Before as before:
        return Once(before.said, repeated=True)


class _Before(Exception):
    """No fault: it ends the transaction, with nothing written."""

    def __init__(self, said: Told) -> None:
        self.said = said


@dataclass(frozen=True, kw_only=True)
class _Keeping(House):
    """The house, as one request sees it."""

    request: Request
    told: Callable[[Any], Told]

    def write(
        self, work: Callable[[Work], T], now: datetime | None = None, *, keyed: bool = True, aside: bool = False
    ) -> T:
        """The transaction, with the answer kept in it."""

        def kept(under_way: Work) -> T:
            unit = under_way.unit
            unit.access.alone(self.request.key)
            before = unit.answer(self.request.key)
            if before is not None:
                requests.read(before, self.request)
                raise _Before(json.loads(before)["told"])
            found = work(under_way)
            answer = {"about": self.request.about, "told": self.told(found)}
            unit.keep_answer(self.request.key, json.dumps(answer), under_way.now)
            return found

        return super().write(kept, now, keyed=keyed, aside=aside)
