"""The pages and the API by which a file that names a patient is taken out, and what every face says of it then."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from functools import partial

import pytest
from httpx2 import Response

from qa_workflow.service.items.attachments import attach
from qa_workflow.service.lists.published import in_public
from qa_workflow.service.removals import Removal
from tests.web.filling import PDF, send, text
from tests.web.programs import Program
from tests.web.site import Site

GHFT = "PA/2026-27-Q4/ghft"
OFFICER, SECOND, LEAD = "governance-officer", "administrator", "quality-lead"
WHY = "It names the person who fell"


def ticked(page: Response) -> str:
    """What the box sends by which one says that no patient can be identified."""
    box = re.search(r'name="no_patient" type="checkbox" value="([^"]+)"', page.text)
    assert box is not None, "it can be said that it is something else"
    return box[1]


@pytest.fixture
def file(site: Site) -> str:
    """The SHA-256 of a document of an item."""
    kept = attach(site.house, "minutes.pdf", PDF)
    site.engine.record(GHFT, {"minutes": kept}, actor=OFFICER, reason="the group's own")
    return str(kept["sha256"])


def test_two_people_take_it_out_on_the_pages(site: Site, file: str) -> None:
    """Asked for on the item's page, waiting on the other's own, removed there; each page says so afterwards."""
    officer, second = site.client(OFFICER), site.client(SECOND)
    address = f"/remove/{file}/{GHFT}"
    assert f'href="{address}"' in officer.get(f"/items/{GHFT}").text
    offered = text(officer.get(f"/items/{GHFT}"))
    assert "Say that it names a patient" in offered, "nobody has said so yet: the page does not either"
    assert "If something typed here names a patient: choose what is to be removed" in offered
    assert "Ask for a file to be removed" in text(officer.get(address))
    answer = send(officer, address, {"reason": WHY})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{GHFT}")
    kept_back = text(officer.get(f"/items/{GHFT}"))
    assert f"asked for its removal: {WHY}" in kept_back
    assert "Files and texts that name a patient" in text(second.get("/"))
    assert "Files and texts that name a patient" not in text(officer.get("/"))
    waiting = second.get("/removals")
    assert f'href="/documents/{file}/{GHFT}"' in waiting.text
    assert second.get(f"/documents/{file}/{GHFT}").content == PDF
    refused = send(officer, "/removals", {"decision": "remove"})
    assert refused.status_code == 422
    assert "two people are needed" in text(refused)
    done = send(second, "/removals", {"decision": "remove"}, page=waiting, action="/removals#remove")
    assert done.headers["location"] == "/removals"
    assert WHY in text(second.get("/removals"))
    told = second.get(f"/items/{GHFT}")
    assert "removed on 10 July 2027 by" in text(told)
    assert f"/documents/{file}" not in told.text
    gone = second.get(f"/documents/{file}/{GHFT}")
    assert gone.status_code == 410
    assert "this file was removed on 10 July 2027" in text(gone).replace("This", "this")


def test_two_people_take_a_text_out_on_the_pages(site: Site) -> None:
    """From what the item's page offers beside it; the second person reads it, and afterwards nobody does."""
    officer, second = site.client(OFFICER), site.client(SECOND)
    seq = site.engine.comment(GHFT, "Mrs A rang about her fall", actor=OFFICER).revision
    offered = f"/removable/{GHFT}"
    assert f'href="{offered}"' in officer.get(f"/items/{GHFT}").text
    assert offered not in site.client(LEAD).get(f"/items/{GHFT}").text
    assert "the cycle opens" not in text(officer.get(offered))
    choice = re.search(rf'id="event-{seq}".*?href="([^"]+)"', officer.get(offered).text, re.DOTALL)
    assert choice is not None
    form = choice[1]
    assert f"It was typed in event {seq} of the history" in text(officer.get(form))
    assert send(officer, form, {"reason": WHY}).headers["location"] == f"/items/{GHFT}"
    assert "Mrs A" not in officer.get(f"/items/{GHFT}").text
    assert form not in officer.get(offered).text
    waiting = second.get("/removals")
    assert "“Mrs A rang about her fall”" in text(waiting)
    done = send(second, "/removals", {"decision": "remove"}, page=waiting, action="/removals#remove")
    assert done.headers["location"] == "/removals"
    for address in (f"/items/{GHFT}", f"/record/{GHFT}"):
        assert "removed on 10 July 2027 by" in text(second.get(address))
    assert "Mrs A" not in second.get("/removals").text
    with zipfile.ZipFile(io.BytesIO(officer.get(f"/record-file/{GHFT}").content)) as box:
        assert not [name for name in box.namelist() if b"Mrs A" in box.read(name)]
        (said,) = json.loads(box.read("proof.json"))["removed"]
    assert f"of event {seq} of {GHFT} was removed on 10 July 2027" in said


def test_the_public_is_told_when_a_text_was_removed_and_not_by_whom_nor_why(site: Site) -> None:
    asked = Removal("a" * 64, GHFT, OFFICER, "2027-07-10T08:00:00.000000Z", WHY, seq=1, words="kept back, as …: why")
    with site.house.looking() as (_, world):
        seen = replace(world, removals={asked.sha256: asked})
    document = {"sha256": "b" * 64, "name": asked.words, "size": 3}
    for value, shown in (
        (asked.words, "not available for now"),
        ([asked.words, "else"], ["not available for now", "else"]),
        (document, {**document, "name": "not available for now"}),
        (3, 3),
    ):
        assert in_public(seen, value) == shown


def test_a_page_asks_about_a_reason_that_would_name_the_patient(site: Site, file: str) -> None:
    officer = site.client(OFFICER)
    asked = send(officer, f"/remove/{file}/{GHFT}", {"reason": "It names 943 476 5919"})
    assert asked.status_code == 422
    assert "looks like an NHS number" in text(asked)
    empty = send(officer, f"/remove/{file}/{GHFT}")
    assert (empty.status_code, site.engine.removals()) == (422, [])
    doubted = {"reason": "Ward code 943 476 5919, and nobody is named"}
    confirmed = {**doubted, "no_patient": ticked(send(officer, f"/remove/{file}/{GHFT}", doubted))}
    assert send(officer, f"/remove/{file}/{GHFT}", confirmed).status_code == 303
    assert [each.reason for each in site.engine.removals()] == [doubted["reason"]]


def test_a_page_lets_the_second_person_decline(site: Site, file: str) -> None:
    site.engine.ask_removal(GHFT, file, actor=OFFICER, reason=WHY)
    second = site.client(SECOND)
    form = partial(send, second, "/removals", action="/removals#decline")
    assert form({"decision": "decline"}).status_code == 422
    doubted = {"decision": "decline", "reason": "Ward code 943 476 5919, and nobody is named"}
    asked = form(doubted)
    assert (asked.status_code, doubted["reason"] in asked.text) == (422, True)
    assert form({**doubted, "no_patient": ticked(asked)}).status_code == 303
    assert site.engine.removals() == []
    assert second.get(f"/documents/{file}/{GHFT}").content == PDF


def test_only_who_holds_the_right_is_offered_it(site: Site, file: str) -> None:
    lead = site.client(LEAD)
    assert "/remove/" not in lead.get(f"/items/{GHFT}").text
    for path in (f"/remove/{file}/{GHFT}", "/removals"):
        assert lead.get(path).status_code == 403


def test_a_program_does_the_same(site: Site, file: str) -> None:
    officer, second = Program(site, OFFICER), Program(site, SECOND)
    item = officer.item(GHFT)
    ask = f"/items/{item['id']}/documents/{file}/remove"
    doubtful = officer.post(ask, {"reason": "It names 943 476 5919"}, 422)
    assert doubtful["code"] == "looks_like_patient"
    assert item["gone"] == {}
    asked = officer.post(ask, {"reason": WHY})
    assert (asked["done_at"], asked["reason"]) == (None, WHY)
    assert officer.item(GHFT)["gone"] == {file: "not available for now"}
    assert officer.post(f"/removals/{file}/confirm", {"key": asked["key"]}, 422)["code"] == "not_the_second"
    done = second.post(f"/removals/{file}/confirm", {"key": asked["key"]})
    assert officer.item(GHFT)["gone"][file].startswith("removed on ")
    assert (done["done_by"], done["said"]) == (SECOND, second.get("/removals")["removals"][0]["said"])
    gone = second.get(f"/items/{item['id']}/documents/{file}", 410)
    assert gone["code"] == "removed"
    assert WHY in gone["detail"]
    assert officer.post("/removals/" + "0" * 64 + "/decline", {"reason": WHY}, 422)["code"] == "nothing_to_decide"


def test_a_program_takes_a_text_out(site: Site) -> None:
    officer, second = Program(site, OFFICER), Program(site, SECOND)
    said = officer.item(GHFT)
    site.engine.comment(GHFT, "Mrs A rang", actor=OFFICER)
    found = officer.get(f"/items/{said['id']}/removable")["removable"]
    (meant,) = [each for each in found if each["said"] == "Mrs A rang"]
    assert (meant["what"], meant["event"]) == ("text", said["revision"] + 1)
    asked = officer.post(f"/items/{said['id']}/texts/{meant['sha256']}/remove", {"reason": WHY})
    done = second.post(f"/removals/{meant['sha256']}/confirm", {"key": asked["key"]})
    assert (done["what"], done["event"]) == ("text", meant["event"])
    assert "Mrs A" not in str(officer.get(f"/items/{said['id']}/history"))


def test_the_record_of_an_item_says_so_and_has_no_bytes(site: Site, file: str) -> None:
    site.engine.ask_removal(GHFT, file, actor=OFFICER, reason=WHY)
    site.engine.confirm_removal(file, actor=SECOND)
    officer = site.client(OFFICER)
    assert "removed on 10 July 2027 by" in text(officer.get(f"/record/{GHFT}"))
    with zipfile.ZipFile(io.BytesIO(officer.get(f"/record-file/{GHFT}").content)) as box:
        assert not [name for name in box.namelist() if name.startswith("documents/")]
        proof, record = json.loads(box.read("proof.json")), box.read("record.txt").decode()
    told = next(each for each in proof["documents"] if each["sha256"] == file)
    assert (told["file"], proof["findings"]) == (None, [])
    assert told["removed"] in record
    assert WHY in told["removed"]


def test_a_program_moves_no_meeting_and_no_items_with_a_reason_that_names_a_patient(site: Site) -> None:
    """Both stand in histories for good, where nothing can be taken out."""
    officer, said = Program(site, OFFICER), "Mrs A, 943 476 5919, is unwell"
    moves = (
        ("/bodies/governing_body/meetings/2027-07-28/move", {"at": None, "reason": said}),
        ("/workflows/provider_assurance/migrate", {"version": 1, "reason": said}),
    )
    for path, body in moves:
        refused = officer.post(path, body, 422)
        assert refused["code"] == "looks_like_patient", path
        assert officer.post(path, {**body, "no_patient": "0" * 32}, 422)["no_patient"] == refused["no_patient"]
