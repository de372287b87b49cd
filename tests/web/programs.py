"""A program that calls the API with a key, as a test drives it."""

from __future__ import annotations

import json
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from qa_workflow.service.people import tokens
from tests.web.site import Site

API = "/api/v1"
EVERY = (tokens.READ, tokens.ACT, tokens.ADMINISTER)


class Program:
    """`client.get("/items")` and the like, below /api/v1; problems are held to their form."""

    def __init__(self, site: Site, person: str | None, *scopes: str) -> None:
        self.site, self.person = site, person
        self.client = TestClient(site.app, follow_redirects=False)
        self.client.portal = site.loop
        if person is not None:
            given = scopes or EVERY
            now = site.wall.now()
            key, _ = tokens.give(
                site.house, person, label="a test's program", scopes=given, days=30, cookie=None, now=now
            )
            self.key = key
            self.client.headers["Authorization"] = f"Bearer {key}"

    def get(self, path: str, expect: int = 200, **query: Any) -> Any:
        """What is answered, as JSON; fails unless it has this status."""
        return self.read(self.client.get(API + path, params=query), expect)

    def post(self, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        """The same for a change; `If_Match='"3"'` gives a header."""
        return self.read(self.send(path, body, **headers), status)

    def send(self, path: str, body: Any, **headers: str) -> Response:
        """A change, with the whole answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(API + path, json=body, headers=named)

    def read(self, answer: Response, status: int) -> Any:
        """The JSON of an answer with this status; what is no success must be a problem as RFC 9457 has it."""
        assert answer.status_code == status, f"{answer.status_code}: {answer.text[:600]}"
        if status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            told = answer.json()
            assert told["status"] == status
            assert told["type"] == f"urn:qa-workflow:problem:{told['code']}"
            assert told["title"]
            assert told["detail"]
            assert told["instance"].startswith(API)
        return json.loads(answer.content)

    def item(self, reference: str) -> Any:
        """An item by its reference."""
        return self.get(f"/items/by-reference/{reference}")

    def act(self, item: Any, verb: str, body: Any, status: int = 200, **headers: str) -> Any:
        """A change of an item at the revision at which it was looked at."""
        return self.post(f"/items/{item['id']}/{verb}", body, status, **{"If_Match": tag(item), **headers})


def tag(item: Any) -> str:
    """The ETag of an item as it was answered."""
    return f'"{item["revision"]}"'
