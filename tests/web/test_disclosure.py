"""What is not disclosed to the subject's own people is behind no door of theirs; once it is disclosed, it is there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from qa_workflow.engine import EVERYTHING, Item, Sight
from qa_workflow.engine.refusals import NotNow
from qa_workflow.service.items.attachments import attach
from qa_workflow.service.lists.story import meant
from qa_workflow.service.refusals import NoColleague, NotDisclosed
from tests.web.filling import send, text
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
ASIDE = "  aside: {type: text, label: An aside, disclosed_from: never}"
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


@pytest.fixture
def hidden(site: Site, tmp_path: Path) -> Hidden:
    folder = tmp_path / "definitions"
    folder.mkdir()
    return Hidden(site, folder)


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


def _read(hidden: Hidden, person: str | None) -> Iterator[tuple[str, Response]]:
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
        yield f"advance {trigger}", program.send(f"/items/{item.id}/advance", asked, If_Match=tag(_as_told(item)))
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


def _as_told(item: Item) -> dict[str, Any]:
    return {"revision": item.revision}


def _found(site: Site, person: str, word: str) -> bool:
    """Whether a search finds the item by a word, on the page or for a program."""
    page = site.client(person).get("/items", params={"q": word, "status": "any"})
    listed = Program(site, person).get("/items", search=word, status="any", total="true")
    counted = site.client(person).get("/items", params={"q": word})
    on_page = "AP/" in text(page).replace("AP/{", "") or "AP/" in text(counted)
    assert bool(listed["items"]) is bool(listed["total"]) is on_page
    return on_page


def seen(hidden: Hidden, person: str) -> dict[str, list[str]]:
    """By door, what of the hidden values somebody is told there."""
    doors = [*_read(hidden, person), *_written(hidden, person)]
    assert sum(answer.status_code == 200 for _, answer in doors) > 30
    return {door: found for door, answer in doors if (found := traces(answer))}


def test_what_is_recorded_is_behind_no_door_of_the_subjects_people_before_it_is_disclosed(hidden: Hidden) -> None:
    """Recorded, rated, corrected with a reason and overdue: every page, list, file, feed and answer."""
    hidden.record()
    assert seen(hidden, CONTACT) == {}
    hidden.do("rate")
    hidden.correct(finding=f"{MARK} plums, put right")
    hidden.site.push(timedelta(days=20))
    hidden.site.wall.advance(days=20)
    assert seen(hidden, CONTACT) == {}
    assert "AP/1" in text(hidden.site.client(CONTACT).get("/overdue")), "else the board was not tried"


def test_a_hold_changes_nothing_of_it(hidden: Hidden) -> None:
    hidden.record()
    hidden.site.push(timedelta(days=20))
    hidden.engine.hold(hidden.item.reference, actor=STAFF, reason="A strike")
    assert {door: found for door, answer in _read(hidden, CONTACT) if (found := traces(answer))} == {}


def test_staff_see_it_all_the_time(hidden: Hidden) -> None:
    """So that the test above looks where something is."""
    hidden.record()
    told = seen(hidden, STAFF)
    reference, key = hidden.item.reference, hidden.item.id
    for door in (
        f"/items/{reference}", f"/live/{reference}?revision=0", f"/api/v1/items/{key}", f"/api/v1/items/{key}/history",
        f"/documents/{hidden.papers[0]['sha256']}/{reference}", "items as csv", "items as xlsx", "overdue as csv",
    ):  # fmt: skip
        assert door in told or door.startswith("overdue"), door


def test_it_is_there_once_the_item_comes_to_the_stage(hidden: Hidden) -> None:
    hidden.record()
    hidden.do("rate")
    hidden.do("tell")
    told = seen(hidden, CONTACT)
    assert f"/items/{hidden.item.reference}" in told
    assert f"/documents/{hidden.papers[1]['sha256']}/{hidden.item.reference}" in told
    assert "items as csv" in told
    assert _found(hidden.site, CONTACT, "plums")
    page = text(hidden.site.client(CONTACT).get(f"/items/{hidden.item.reference}"))
    assert f"{MARK}-never" not in page


def test_a_search_does_not_find_by_what_is_not_shown(hidden: Hidden) -> None:
    hidden.record()
    assert _found(hidden.site, STAFF, "plums")
    assert not _found(hidden.site, CONTACT, "plums")


def test_sent_back_what_is_recorded_anew_is_hidden_and_what_was_shown_stays(hidden: Hidden) -> None:
    hidden.record()
    hidden.do("rate")
    hidden.do("tell")
    hidden.do("again", "governance-officer", reason="More is needed")
    site, path = hidden.site, f"/items/{hidden.item.reference}"
    assert f"{MARK} finding" in text(site.client(CONTACT).get(path))
    hidden.item = hidden.engine.record(hidden.item, {"finding": "zqsecond finding"}, actor=STAFF)
    page = text(site.client(CONTACT).get(path))
    assert "zqsecond" not in page
    assert f"{MARK} finding" in page, "in the history, as it was told"
    hidden.do("rate")
    hidden.do("tell")
    assert "zqsecond" in text(site.client(CONTACT).get(path))


def test_what_was_replaced_before_it_was_shown_is_not_shown_afterwards(hidden: Hidden) -> None:
    hidden.record()
    hidden.item = hidden.engine.record(hidden.item, {"finding": "The final one"}, actor=STAFF, reason="Mistyped")
    hidden.do("rate")
    hidden.do("tell")
    answer = Program(hidden.site, CONTACT).get(f"/items/{hidden.item.id}/history")
    page = text(hidden.site.client(CONTACT).get(f"/items/{hidden.item.reference}"))
    for said in (str(answer), page):
        assert f"{MARK} finding" not in said
        assert "The final one" in said


def test_it_is_said_that_it_is_not_shown_and_from_when_on(hidden: Hidden) -> None:
    hidden.record()
    path = f"/items/{hidden.item.reference}"
    theirs = text(hidden.site.client(CONTACT).get(path))
    assert "What was found, Grade, The paper, Copies, Points, Score, Seen on and Summary are shown here" in theirs
    assert "once “Tell the provider” is done" in theirs
    assert "Note among us is not shown here." in theirs
    ours = text(hidden.site.client(STAFF).get(path))
    assert "Foundation Trust does not see this yet, but once “Tell the provider” is done" in ours


def test_nobody_fills_in_what_is_not_shown_to_them(hidden: Hidden) -> None:
    """Else they would learn whether something stands there, or write over it unseen."""
    hidden.record()
    hidden.do("back", reason="Once more")
    page = hidden.site.client(CONTACT).get(f"/advance/report.send/{hidden.item.reference}")
    assert "Send: AP/1" in page.text
    for path in ("advance/report.send", "fill"):
        page = hidden.site.client(CONTACT).get(f"/{path}/{hidden.item.reference}")
        assert page.status_code == 200
        assert "field.finding" not in page.text
    assert "field.greeting" in page.text
    told = Program(hidden.site, CONTACT).post(
        f"/items/{hidden.item.id}/advance",
        {"trigger": "send", "fields": {"finding": "mine"}},
        422,
        If_Match=tag(_as_told(hidden.item)),
    )
    assert told["code"] == "not_disclosed"
    assert "“What was found” cannot be filled in by" in told["detail"]


def test_whether_a_hidden_field_is_filled_is_not_told_either(hidden: Hidden) -> None:
    """What a step of somebody else still lacks reads the same before and after."""
    steps = f"/items/{hidden.item.id}/steps"
    before = Program(hidden.site, CONTACT).get(steps)
    hidden.record()
    assert Program(hidden.site, CONTACT).get(steps) == before
    assert [step["missing"] for step in before["steps"] if step["trigger"] == "rate"] == [[]]


def test_no_history_tells_that_a_hidden_field_was_filled(hidden: Hidden) -> None:
    """By itself, put right, and with a step: of the step nothing but that, of the others nothing."""
    before = _history(hidden)
    values = hidden.values
    hidden.engine.record(hidden.item.reference, {"met_on": values.pop("met_on")}, actor=STAFF)
    told = _history(hidden)
    hidden.item = hidden.engine.record(hidden.item.reference, {"grade": "better"}, actor=STAFF)
    hidden.correct(grade="zqhidden_grade")
    wrong = hidden.item.revision
    hidden.engine.correct(hidden.item.reference, actor="governance-officer", reason="Not so", corrects=wrong)
    assert _history(hidden) == told
    hidden.do("rate", fields=values)
    last = _history(hidden)[-1]
    assert [(line["seq"], line["kind"]) for line in _history(hidden)] == [
        *((line["seq"], line["kind"]) for line in told), (len(told) + 1, "moved"),
    ]  # fmt: skip
    assert len(told) == len(before) + 1
    assert not {"set", "before", "not_shown", "undisclosed", "rests_on"} & set(last["data"])
    page = text(hidden.site.client(CONTACT).get(f"/items/{hidden.item.reference}"))
    assert "Grade" not in page.partition("History")[2]


def test_afterwards_nobody_learns_that_there_was_another_draft(hidden: Hidden) -> None:
    hidden.record()
    hidden.item = hidden.engine.record(hidden.item, {"finding": "The draft"}, actor=STAFF)
    hidden.item = hidden.engine.record(hidden.item, {"finding": "The final one"}, actor=STAFF)
    hidden.do("rate")
    hidden.do("tell")
    history = _history(hidden)
    assert [line["data"]["set"]["finding"] for line in history if "finding" in line["data"].get("set", ())] == [
        "The final one"
    ]
    assert "draft" not in str(history)


def _history(hidden: Hidden, person: str = CONTACT) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Program(hidden.site, person).get(f"/items/{hidden.item.id}/history")["events"]
    return found


def test_no_number_is_missing_in_a_history_of_which_something_is_kept_back(hidden: Hidden) -> None:
    """Nor does one event name another by a number that is not its own there, on the page, to a program or back."""
    engine, reference = hidden.engine, hidden.item.reference
    engine.comment(reference, "Between us", actor=STAFF, colleagues_only=True)
    said = engine.comment(reference, "On Monday", actor=STAFF)
    engine.comment(reference, "Between us again", actor=STAFF, colleagues_only=True)
    hidden.item = engine.correct(reference, actor="governance-officer", reason="On Tuesday", corrects=said.revision)
    history = _history(hidden)
    assert [line["seq"] for line in history] == [1, 2, 3, 4]
    assert (history[2]["corrected_by"], history[3]["corrects"]) == ([4], [3])
    assert "corrects" not in history[3]["data"]
    page = text(hidden.site.client(CONTACT).get(f"/items/{reference}"))
    assert "Event 4:" in page
    assert "Event 5:" not in page
    assert "see event 4" in page
    assert "Puts right event 3" in page
    theirs = _history(hidden, STAFF)
    assert [line["seq"] for line in theirs] == [1, 2, 3, 4, 5, 6]
    assert (theirs[3]["corrected_by"], theirs[5]["corrects"], theirs[5]["data"]["corrects"]) == ([6], [4], 4)


def test_who_corrects_names_an_event_by_the_number_that_they_were_told(hidden: Hidden) -> None:
    sight = Sight(subjects=frozenset({SUBJECT}))
    hidden.engine.comment(hidden.item.reference, "Between us", actor=STAFF, colleagues_only=True)
    hidden.item = hidden.engine.comment(hidden.item.reference, "To all", actor=STAFF)
    assert meant(hidden.site.house, sight, hidden.item, 3) == 4
    assert meant(hidden.site.house, EVERYTHING, hidden.item, 3) == 3
    assert meant(hidden.site.house, sight, hidden.item, 4) > hidden.item.revision, "there is none"


def test_the_public_page_has_nothing_that_was_never_disclosed(hidden: Hidden) -> None:
    """An item that ended where it is published, without having come to the stage."""
    hidden.record()
    hidden.do("drop")
    page = hidden.site.client(None).get("/published")
    assert hidden.item.reference in page.text
    assert {door: found for door, answer in _read(hidden, None) if (found := traces(answer))} == {}


def test_a_mail_has_no_word_of_it(hidden: Hidden) -> None:
    hidden.record()
    hidden.do("rate")
    hidden.do("tell")
    assert not any(MARK in str(row) for row in hidden.engine.outbox())


def _among_colleagues(hidden: Hidden) -> None:
    """An item that is late, with a comment for colleagues only and a correction of that, after one for everybody."""
    engine, reference = hidden.engine, hidden.item.reference
    engine.record(reference, {"met_on": hidden.values["met_on"]}, actor=STAFF)
    hidden.site.push(timedelta(days=20))
    hidden.site.wall.advance(days=20)
    engine.comment(reference, "We asked the ward for plums", actor=STAFF, why_late=True)
    said = engine.comment(reference, f"The {MARK} inquest is why", actor=STAFF, colleagues_only=True, why_late=True)
    wrong = f"It was not the {MARK} inquest"
    hidden.item = engine.correct(reference, actor="governance-officer", reason=wrong, corrects=said.revision)


def test_what_is_said_among_colleagues_is_behind_no_door_of_the_subjects_people(hidden: Hidden) -> None:
    """Nor is what puts only that right. What was said to everybody is still told, as the reason why it is late too."""
    _among_colleagues(hidden)
    contact = hidden.site.client(CONTACT)
    for path in ("/overdue", f"/items/{hidden.item.reference}"):
        assert "We asked the ward for plums" in text(contact.get(path))
    history = Program(hidden.site, CONTACT).get(f"/items/{hidden.item.id}/history")["events"]
    assert seen(hidden, CONTACT) == {}
    assert hidden.item.revision - len(history) == 2, "the two are left out, and nothing stands in their place"
    hidden.do("drop")
    assert seen(hidden, CONTACT) == {}
    assert {door: found for door, answer in _read(hidden, None) if (found := traces(answer))} == {}
    assert not any(MARK in str(row) for row in hidden.engine.outbox())


def test_nobody_keeps_from_others_what_is_kept_from_themselves(hidden: Hidden) -> None:
    """They would write among colleagues of others, and never see what became of it."""
    reference = hidden.item.reference
    with pytest.raises(NoColleague) as refused:
        hidden.engine.comment(reference, "Between us", actor=CONTACT, colleagues_only=True)
    assert str(refused.value) == (
        f"{reference}: {CONTACT} sees it only as being about their own organisation, and writes to everybody who may "
        "see it; leave “colleagues only” out"
    )
    hidden.engine.comment(reference, "To everybody", actor=CONTACT)


def test_colleagues_are_told_what_is_said_among_them_and_that_it_is(hidden: Hidden) -> None:
    """So that the test above looks where something is."""
    _among_colleagues(hidden)
    reference, key = hidden.item.reference, hidden.item.id
    client = hidden.site.client(STAFF)
    assert f"Colleagues only: It was not the {MARK} inquest" in text(client.get("/overdue"))
    told = seen(hidden, STAFF)
    for door in (
        f"/items/{reference}", f"/live/{reference}?revision=0", f"/api/v1/items/{key}/history", "/overdue",
        "overdue as csv", "overdue as xlsx",
    ):  # fmt: skip
        assert door in told, door
    assert "Said why it is late, for colleagues only" in text(client.get(f"/items/{reference}"))
    hidden.engine.comment(reference, "Between us", actor=STAFF, colleagues_only=True, why_late=True)
    assert "Colleagues only: Between us" in text(client.get("/overdue")), "a board is printed, and taken to meetings"


def test_a_step_that_puts_such_a_comment_right_too_is_told_without_that(hidden: Hidden) -> None:
    _among_colleagues(hidden)
    hidden.engine.correct(
        hidden.item.reference, actor="governance-officer", reason="Sent too soon", stage="report",
        corrects=hidden.item.revision - 1,
    )  # fmt: skip
    page = text(hidden.site.client(CONTACT).get(f"/items/{hidden.item.reference}"))
    assert "Sent too soon" in page
    assert "Puts right" not in page


def test_a_form_is_as_it_was_to_whom_nothing_was_told_since(hidden: Hidden) -> None:
    """Somebody from whom it is kept is not told that somebody was quicker; a page, a program and many at once alike."""
    engine, reference, key = hidden.engine, hidden.item.reference, hidden.item.id
    hidden.item = engine.correct(reference, actor="governance-officer", reason="Too soon", stage="report")
    client = hidden.site.client(CONTACT)
    page = client.get(f"/advance/report.send/{reference}")
    seen_at = _as_told(hidden.item)
    engine.comment(reference, "Between us", actor=STAFF, colleagues_only=True)
    program = Program(hidden.site, CONTACT, *EVERY)
    recorded = program.post(f"/items/{key}/record", {"fields": {"greeting": "Hello"}}, If_Match=tag(seen_at))
    assert recorded["fields"]["greeting"] == "Hello"
    engine.comment(reference, "To all", actor=STAFF)
    engine.comment(reference, "Between us", actor=STAFF, colleagues_only=True)
    refused = program.post(f"/items/{key}/record", {"fields": {"greeting": "Again"}}, 409, If_Match=tag(recorded))
    assert len(refused["meanwhile"]) == 1
    staff = Program(hidden.site, STAFF, *EVERY)
    told = staff.post(f"/items/{key}/hold", {"reason": "Wait"}, 409, If_Match=tag(recorded))["meanwhile"]
    assert [line.split(" on ")[0] for line in told] == [f"{STAFF} commented"] * 2, "whoever may know is told"
    page, now = client.get(f"/advance/report.send/{reference}"), program.item(reference)
    engine.comment(reference, "Between us", actor=STAFF, colleagues_only=True)
    asked = {"items": [{"id": key, "revision": now["revision"]}], "trigger": "send", "preview": True}
    assert program.post("/bulk-advance", asked)["outcomes"][0]["done"] is True
    assert send(client, f"/advance/report.send/{reference}", {}, page=page).status_code == 303
    assert [visit.stage for visit in engine.item(reference).visits] == ["review"]


def test_the_subjects_people_write_to_everybody(hidden: Hidden) -> None:
    asked = {"text": "Hush", "colleagues_only": True}
    program = Program(hidden.site, CONTACT, *EVERY)
    told = program.post(f"/items/{hidden.item.id}/comment", asked, 422, If_Match=tag(_as_told(hidden.item)))
    assert told["code"] == "no_colleague"
    assert "writes to everybody who may see it" in told["detail"]
    page = hidden.site.client(CONTACT).get(f"/items/{hidden.item.reference}")
    assert "Who is it for?" not in page.text
    assert "for everybody who may see this item" in page.text


def test_the_reason_of_a_move_is_told_whatever_was_corrected_with_it(hidden: Hidden) -> None:
    """Reasons are for everybody, and the form says so; that of hidden values alone stays with them."""
    hidden.record()
    form = text(hidden.site.client("governance-officer").get(f"/correct/{hidden.item.reference}"))
    assert "NHS Foundation Trust reads it too." in form
    assert "Why a field is corrected that is kept from it, it reads only if the item goes to another stage." in form
    moved = "Not for us yet"
    hidden.engine.correct(
        hidden.item.reference, actor="governance-officer", reason=moved, fields={"score": 2}, stage="report"
    )
    history = Program(hidden.site, CONTACT).get(f"/items/{hidden.item.id}/history")["events"]
    assert [(line["kind"], line["reason"]) for line in history[-2:]] == [("recorded", None), ("corrected", moved)]


def test_nobody_fills_in_on_opening_what_is_not_shown_to_them(hidden: Hidden, tmp_path: Path) -> None:
    """Where a definition lets the subject's own people open items."""
    (tmp_path / "definitions" / "appraisal.yaml").write_text(
        APPRAISAL.replace("fields:", f"rights: {{open: [provider_contact]}}\nfields:\n{ASIDE}", 1)
    )
    hidden.engine.publish([tmp_path / "definitions"], actor=None)
    with pytest.raises(NotNow, match="ghft-contact may not fill in 'finding'"):
        hidden.engine.open("appraisal", actor=CONTACT, subject=SUBJECT, fields={"finding": "Nothing"})
    with pytest.raises(NotDisclosed, match="appraisal: “An aside” cannot be filled in by ghft-contact"):
        hidden.engine.open("appraisal", actor=CONTACT, subject=SUBJECT, fields={"aside": "No step asks for it"})
    hidden.engine.open("appraisal", actor=CONTACT, subject=SUBJECT, fields={"greeting": "Hello"})
