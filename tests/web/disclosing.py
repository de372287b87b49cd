"""An item of which something is kept from the subject's own people, and every door at which it might be found."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from httpx2 import Response

from qa_workflow.engine import Item
from qa_workflow.service.items.attachments import attach
from tests.web.programs import EVERY, Program, tag
from tests.web.routes import Way, ways
from tests.web.site import ROOT, Site
from tests.web.test_doors import SAMPLES

CONTACT, SUBJECT, STAFF = "ghft-contact", "ghft", "quality-lead"

MARK = "zqhidden"
"""In every value that is kept back, and nowhere else."""

APPRAISAL = """
workflow: appraisal
title: Appraisal
subject: provider
reference: AP/{number}
fields:
  finding: {type: text, label: What was found, disclosed_from: told}
  grade: {type: choice, options: [{value: zqhidden_grade, title: A grade}, better], disclosed_from: told}
  paper: {type: document, label: The paper, release: public, disclosed_from: told}
  copies: {type: list, of: document, disclosed_from: told}
  points: {type: list, disclosed_from: told}
  score: {type: number, disclosed_from: told}
  seen_on: {type: date, disclosed_from: told}
  kept: {type: text, label: Note among us, disclosed_from: never}
  summary: {type: text, release: public, disclosed_from: told}
  greeting: text
  met_on: date
stages:
  report:
    owner: provider_contact
    due: 5 working days after entry
    transitions: {send: {to: review, asks: greeting}}
  review:
    owner: quality_lead
    due: 5 working days after met_on
    transitions:
      rate:
        to: advice
        needs: [finding, grade, paper, copies, points, score, seen_on, kept, summary]
        when: score > 1
        says: "The score is zqhidden low"
      back: {to: report, needs: reason}
      drop: {to: dropped}
  advice:
    owner: quality_lead
    due: 5 working days after entry
    transitions: {tell: {to: told, title: Tell the provider}}
  told:
    owner: governance_officer
    due: 5 working days after entry
    transitions: {close: {to: closed}, again: {to: review, needs: reason}}
  closed: {end: completed, public: true}
  dropped: {end: dropped, public: true}
"""

DEFINITION_WAYS = ("/workflows", "/drafts", "/api/v1/workflows", "/api/v1/drafts", "/impact")
"""Where the definition itself is read: which values there are to choose from is no secret."""


class Hidden:
    """An item whose hidden fields are filled, and the addresses of its documents."""

    def __init__(self, site: Site, folder: Path) -> None:
        (folder / "appraisal.yaml").write_text(APPRAISAL)
        (folder / "governance.yaml").write_bytes((ROOT / "workflows" / "governance.yaml").read_bytes())
        site.engine.publish([folder], actor=None)
        self.site, self.engine = site, site.engine
        self.item = self.engine.open("appraisal", actor=STAFF, subject=SUBJECT)
        self.item = self.engine.advance(self.item, "send", actor=CONTACT, fields={"greeting": "Good morning"})
        self.papers = [self._paper(f"{MARK}-{name}.txt", f"{MARK} in the {name} paper") for name in ("first", "second")]

    def _paper(self, name: str, content: str) -> Mapping[str, Any]:
        return attach(self.site.house, name, content.encode())

    @property
    def values(self) -> dict[str, Any]:
        return {
            "finding": f"{MARK} finding about plums",
            "grade": "zqhidden_grade",
            "paper": self.papers[0],
            "copies": self.papers,
            "points": [f"{MARK} point"],
            "score": 8675309,
            "seen_on": "2019-02-28",
            "kept": f"{MARK}-never note",
            "summary": f"{MARK} summary",
            "met_on": self.site.house.now().date().isoformat(),
        }

    def record(self) -> Item:
        self.item = self.engine.record(
            self.item.reference, self.values, actor=STAFF, reason=f"as the {MARK} paper says"
        )
        return self.item

    def correct(self, **fields: Any) -> Item:
        reason = f"as the {MARK} minutes say"
        self.item = self.engine.correct(self.item.reference, actor="governance-officer", reason=reason, fields=fields)
        return self.item

    def do(self, trigger: str, actor: str = STAFF, **more: Any) -> Item:
        self.item = self.engine.advance(self.item.reference, trigger, actor=actor, **more)
        return self.item


def traces(answer: Response) -> list[str]:
    """The hidden values that an answer holds, in a spreadsheet too."""
    content = answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            content = b"".join(box.read(name) for name in box.namelist())
    said = content.decode("utf-8", "replace") + str(dict(answer.headers))
    return [mark for mark in (MARK, "8675309", "2019-02-28", "28 February 2019") if mark in said]


def _address(way: Way, parts: Mapping[str, str]) -> str:
    return re.sub(r"{(\w+)(:\w+)?}", lambda found: parts[found[1]], way.path)


def every_answer(hidden: Hidden, person: str | None) -> Iterator[tuple[str, Response]]:
    """Every way of reading, with the item and its documents in each address that takes one."""
    site, item = hidden.site, hidden.item
    client = site.client(person)
    program = Program(site, person, *EVERY).client if person else client
    for way in ways(site.app):
        if way.method != "GET" or way.path.startswith(DEFINITION_WAYS):
            continue
        for sha256 in {paper["sha256"] for paper in hidden.papers} if "sha256" in way.parameters else {""}:
            own = {"reference": item.reference, "id": item.id, "sha256": sha256, "trigger": "report.send"}
            path = _address(way, {**SAMPLES, **own, **({"id": item.id} if "item" in way.path else {})})
            asks = (
                "",
                "?history=all",
                "?revision=0",
                "?status=any",
                "?status=any&limit=200",
                "?mine=true",
                "?held=yes",
            )
            for asked in asks if "reference" in way.parameters or "item" in way.path or "live" in way.path else ("",):
                yield f"{path}{asked}", (program if path.startswith("/api/") else client).get(path + asked)


def _written(hidden: Hidden, person: str) -> Iterator[tuple[str, Response]]:
    """What is answered to those who want a list in a file, or a change, whether or not they may have it."""
    site, item = hidden.site, hidden.item
    client, program = site.client(person), Program(site, person, *EVERY)
    key = site.key(client)
    for form in ("csv", "xlsx"):
        for what, filters in (("items", {"status": "any"}), ("overdue", {})):
            yield f"{what} as {form}", program.send(f"/exports/{what}", {"format": form, "filters": filters})
    fields = {"finding": "mine", "score": 1}
    for trigger in ("report.send", "review.rate", "send", "rate", "advice.tell", "nothing"):
        sent = {**key, "revision": str(item.revision), "field.finding": "mine", "reason": "why"}
        yield f"the form of {trigger}", client.post(f"/advance/{trigger}/{item.reference}", data=sent)
        asked: dict[str, Any] = {"trigger": trigger, "fields": fields, "reason": "why"}
        yield f"advance {trigger}", program.send(f"/items/{item.id}/advance", asked, If_Match=tag(as_told(item)))
        many = {"items": f"{item.id}.{item.revision}", "trigger": f"appraisal:{trigger}", "go": "preview"}
        yield f"bulk {trigger}", client.post("/bulk", data={**key, **many})
        each = {"id": item.id, "revision": item.revision}
        asked = {"trigger": trigger, "items": [each], "fields": fields, "reason": "why", "preview": True}
        yield f"bulk advance {trigger}", program.send("/bulk-advance", asked)
    for revision in (1, item.revision):
        yield "record", program.send(f"/items/{item.id}/record", {"fields": fields}, If_Match=f'"{revision}"')
        yield "comment", program.send(f"/items/{item.id}/comment", {"text": "Thank you"}, If_Match=f'"{revision}"')
    for form_of in ("fill", "correct", "hold", "comment"):
        sent = {**key, "revision": "1", "field.finding": "mine", "text": "x", "reason": "why"}
        yield f"stale {form_of}", client.post(f"/{form_of}/{item.reference}", data=sent)
    given = client.post("/feeds", data={**key, "do": "give", "about": "mine"})
    feed = re.search(r'value="http://testserver(/feeds/[^"]+\.ics)"', given.text)
    assert feed is not None
    yield "a calendar", client.get(feed[1])


def as_told(item: Item) -> dict[str, Any]:
    return {"revision": item.revision}


def seen(hidden: Hidden, person: str) -> dict[str, list[str]]:
    """By door, what of the hidden values somebody is told there."""
    doors = [*every_answer(hidden, person), *_written(hidden, person)]
    assert sum(answer.status_code == 200 for _, answer in doors) > 30
    return {door: found for door, answer in doors if (found := traces(answer))}
