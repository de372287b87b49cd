"""Answers that were given under request keys, against the events that each request caused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from qa_workflow.store.prepared import Prepared
from qa_workflow.store.proof.proving import Case
from qa_workflow.store.proof.scanning import scan
from qa_workflow.store.statements import REQUEST

_ANSWERS = Prepared(select(REQUEST.c.key, REQUEST.c.answer, REQUEST.c.at))


class Answers:
    """All of them. Those about one item carry its identifier and revision; others only what was asked."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._rows = {key: (answer, at) for key, answer, at in scan(case.connection, _ANSWERS)}

    def check(self, place: str, item: str, requests: Mapping[str, tuple[int, int]]) -> None:
        """One item.

        Args:
            requests: by key, the last event of the decision, and its instant.
        """
        for key, (revision, at) in requests.items():
            found = self._rows.pop(key, None)
            if found is None:
                what = "the answer to the request that asked for it is missing, so that it could be done again"
                self._case.find(place, revision, "request.key", what)
                continue
            answer, answered_at = found
            if _about(answer) != (item, revision):
                self._case.find(place, revision, "request.answer", "its request was answered with something else")
            elif answered_at != at:
                self._case.find(place, revision, "request.at", "its request was answered at another time")

    def finish(self) -> None:
        """What is left asked for no event."""
        for key, (answer, _) in self._rows.items():
            if _about(answer) != (None, None):
                what = "an answer is there, and no event was asked for under its key"
                self._case.find(f"request {key[:80]!r}", None, "request.key or answer", what)


def _about(answer: str) -> Any:
    """Item and revision that an answer names; a text that is none names nothing that could be right."""
    try:
        said = json.loads(answer)
        return said.get("id"), said.get("revision")
    except (ValueError, AttributeError):
        return None
