"""Filling in a page's form as a browser does: what it carries is sent along, what is typed takes the place of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


@dataclass
class Found:
    """A form of a page: where it goes and how, what stands in its fields, and of which types these are."""

    action: str = ""
    method: str = "get"
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Found] = []
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, str] = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Found(given.get("action", ""), given.get("method", "get")))
        if not self.forms:
            return
        form, name = self.forms[-1], given.get("name", "")
        if name:
            form.names.append(name)
        if tag in ("input", "textarea"):
            form.types.append(given.get("type", "text") if tag == "input" else tag)
        if tag == "input" and name:
            ticks = given.get("type") in ("checkbox", "radio")
            if given.get("type") != "file" and (not ticks or "checked" in given):
                form.fields.setdefault(name, []).append(given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            form.fields.setdefault(name, []).append("")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select is not None and "selected" in given:
            form.fields.setdefault(self._select, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.forms[-1].fields[self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None


def forms(page: Response) -> list[Found]:
    """Every form of a page, but for those of its header."""
    reader = _Reader()
    reader.feed(page.text)
    return [form for form in reader.forms if form.action != "/sign-out"]


def form(page: Response, action: str = "") -> Found:
    """The only form, or the one that goes to an address that begins so."""
    found = [each for each in forms(page) if each.action.startswith(action)] if action else forms(page)
    assert len(found) == 1, [each.action for each in forms(page)]
    return found[0]


def send(
    client: TestClient,
    path: str,
    typed: dict[str, Any] | None = None,
    *,
    page: Response | None = None,
    files: dict[str, tuple[str, bytes]] | None = None,
    action: str = "",
) -> Response:
    """Open a page (unless it is at hand), fill in its form, and send it."""
    opened = page or client.get(path)
    assert page is not None or opened.status_code == 200, opened.text[:2000]
    found = form(opened, action)
    data: dict[str, Any] = {**found.fields, **(typed or {})}
    return client.post(found.action or path, data=data, files=files)


def text(page: Response) -> str:
    """What a page says, without its marks."""
    reader = _Text()
    reader.feed(page.text)
    return " ".join(" ".join(reader.parts).split())


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
