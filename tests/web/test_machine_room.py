"""The machine room: what the clock did, what needs a person, what is proved, what lies elsewhere."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from qa_workflow.engine.item import instant
from qa_workflow.service.sendings import why_not_sent
from qa_workflow.web.proving import prover
from tests.web.site import Site

REASON = {"reason": "The mail server is back"}


@pytest.fixture
def admin(site: Site) -> TestClient:
    return site.client("administrator")


@pytest.fixture
def troubled(site: Site) -> Site:
    """A message that no mail server would take, and something that nobody can do again."""
    item = site.engine.items(limit=1)[0]
    now = site.house.now()
    with site.house.store.writing() as unit:
        unit.record("test", now, "begun", {})
        unit.incident("repeat", "when the next one opens cannot be worked out", None, now)
    with site.parts.store.writing() as unit:
        rows = [row["id"] for row in site.engine.outbox() if row["item"] == item.reference][:1]
        unit._connection.exec_driver_sql("UPDATE outbox SET done_at = NULL WHERE id = ?", (rows[0],))
        unit.failed(rows, None, "no such mailbox", now)
    return site


def text(client: TestClient) -> str:
    answer = client.get("/machine-room")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def test_it_says_when_the_clock_looked_and_what_comes_next(admin: TestClient) -> None:
    shown = text(admin)
    assert "Last check on record 10 July 2027, 09:00, in" in shown
    assert "Checks automatically Not in this process" in shown
    assert re.search(r"Next timed event \d+ \w+ 2027, \d\d:\d\d: \S+, (it becomes overdue|a reminder)", shown)
    assert "What needs a person Nothing at the moment." in shown
    assert re.search(r"Version \d+\.\d+", shown)
    assert "SQLite, revision 00" in shown


def test_only_who_administers_comes_in(site: Site) -> None:
    for person in ("quality-lead", "governance-officer", "ghc-contact"):
        assert site.client(person).get("/machine-room").status_code == 403
    assert site.client().get("/machine-room").headers["location"].startswith("/sign-in")


def test_an_incident_is_tried_again_with_a_reason(troubled: Site, admin: TestClient) -> None:
    first, second = troubled.engine.needing_a_person()
    shown = text(admin)
    assert f"{second.number}. Message not delivered" in shown
    assert shown.count("Try again") == 1
    empty = admin.post(f"/machine-room/incidents/{second.number}/retry", data={"reason": " ", **troubled.key(admin)})
    assert (empty.status_code, empty.text.count("A reason is needed")) == (422, 2)
    done = admin.post(f"/machine-room/incidents/{second.number}/retry", data={**REASON, **troubled.key(admin)})
    assert (done.status_code, done.headers["location"]) == (303, "/machine-room")
    assert [each.number for each in troubled.engine.needing_a_person()] == [first.number]
    again = admin.post(f"/machine-room/incidents/{second.number}/give-up", data={**REASON, **troubled.key(admin)})
    assert again.status_code == 409
    assert 'href="#incidents"' in again.text
    assert "settled already: tried again by administrator" in html.unescape(again.text)


def test_an_incident_is_given_up_and_one_that_is_not_there_is_not_found(troubled: Site, admin: TestClient) -> None:
    first, _ = troubled.engine.needing_a_person()
    done = admin.post(f"/machine-room/incidents/{first.number}/give-up", data={**REASON, **troubled.key(admin)})
    assert done.status_code == 303
    gone = admin.post("/machine-room/incidents/4711/give-up", data={**REASON, **troubled.key(admin)})
    assert gone.status_code == 404


def test_a_check_runs_beside_the_pages_and_its_result_is_kept(site: Site, admin: TestClient) -> None:
    assert "Nobody has checked it from here yet." in text(admin)
    begun = admin.post("/machine-room/verify", data=site.key(admin))
    assert begun.headers["location"] == "/machine-room#proof"
    prover(site.app, site.parts).wait()
    shown = text(admin)
    assert "Everything proves itself , checked 10 July 2027, 09:00 for Administrator" in shown
    fragment = admin.get("/machine-room/proof", headers={"HX-Request": "true"})
    assert "Everything proves itself" in fragment.text
    assert "<html" not in fragment.text
    assert admin.get("/machine-room/proof").headers["location"] == "/machine-room#proof"


def test_while_a_check_runs_the_page_says_how_far_it_is(
    site: Site, admin: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a second one is not begun; without JavaScript a link looks again."""
    running = prover(site.app, site.parts)
    monkeypatch.setattr(type(running), "is_running", property(lambda _: True))
    running.done, running.total = 30, 120
    answer = admin.get("/machine-room")
    assert "A check is under way: 25&nbsp;% of the histories are read." in answer.text
    assert 'hx-get="/machine-room/proof"' in answer.text
    assert "Look again how far it is" in answer.text
    assert "Check the whole history" not in answer.text
    admin.post("/machine-room/verify", data=site.key(admin))
    assert "A check is under way already." in text(admin)


def test_what_does_not_prove_itself_is_listed(site: Site, admin: TestClient) -> None:
    with site.parts.store.writing() as unit:
        unit._connection.exec_driver_sql("UPDATE item SET owner = ' nobody ' WHERE id = 1")
    admin.post("/machine-room/verify", data=site.key(admin))
    prover(site.app, site.parts).wait()
    shown = text(admin)
    assert "Something does not prove itself" in shown
    assert "item.owner" in shown


def test_a_checkpoint_that_was_kept_elsewhere_is_given_back_as_a_file_or_as_text(site: Site, admin: TestClient) -> None:
    """What it saw is there still; then somebody changes a line of it behind the program's back."""
    kept = admin.post("/machine-room/checkpoint", data=site.key(admin)).text
    site.engine.comment("PA/2026-27-Q4/ghft", "later than the checkpoint", actor="quality-lead")
    file = {"kept-file": ("checkpoint-1.txt", kept.encode(), "text/plain")}
    for pasted, files in (("", file), (kept, None)):
        typed = {**site.key(admin), "kept-text": pasted}
        assert admin.post("/machine-room/verify", data=typed, files=files).status_code == 303
        prover(site.app, site.parts).wait()
        assert "also against checkpoint 1 of 10 July 2027: nothing that it saw has been changed" in text(admin)
    older = re.sub(r"(?m)^root: .*$", "root: " + "0" * 64, kept)
    admin.post("/machine-room/verify", data={**site.key(admin), "kept-text": older})
    prover(site.app, site.parts).wait()
    shown = text(admin)
    assert "Something does not prove itself , checked 10 July 2027, 09:00 for Administrator, also against" in shown
    assert "together they are not what checkpoint 1 of 10 July 2027, 09:00 saw" in shown


def test_what_is_no_checkpoint_is_told_beside_where_it_was_pasted(site: Site, admin: TestClient) -> None:
    answer = admin.post("/machine-room/verify", data={**site.key(admin), "kept-text": "the wrong file"})
    assert answer.status_code == 422
    assert answer.text.count("This is not a checkpoint: one has") == 2
    assert 'href="#kept-text"' in answer.text
    assert ">the wrong file</textarea>" in answer.text
    empty = admin.post("/machine-room/verify", data=site.key(admin), files={"kept-file": ("x.txt", b"", "text/plain")})
    assert empty.status_code == 422, "a file that is empty is no checkpoint, and none that was forgotten"


def test_a_checkpoint_taken_out_anchors_the_history(site: Site, admin: TestClient) -> None:
    """One that was only made does not."""
    assert "There is none yet." in text(admin)
    answer = admin.post("/machine-room/checkpoint", data=site.key(admin))
    assert answer.headers["content-disposition"] == 'attachment; filename="checkpoint-1.txt"'
    assert not site.engine.verify(answer.text).findings
    assert "the history is anchored" in text(admin)
    from qa_workflow.store.proof.checkpoints import checkpoint

    checkpoint(site.parts.store, site.house.now())
    assert "It is not anchored" in text(admin)


def test_letters_that_could_not_leave_are_told_with_the_reason(site: Site, admin: TestClient) -> None:
    now = site.house.now()
    row = site.engine.outbox()[0]
    with site.parts.store.writing() as unit:
        unit._connection.exec_driver_sql("UPDATE outbox SET done_at = NULL WHERE id = ?", (row["id"],))
        unit.failed([row["id"]], instant("2027-07-10T09:00:00+00:00"), "the mail server is away", now)
    shown = text(admin)
    assert "the mail server is away" in shown
    assert "10 July 2027, 10:00" in shown


def test_the_doctor_says_what_could_go_wrong(admin: TestClient) -> None:
    answer = admin.get("/machine-room/doctor")
    assert answer.status_code == 200
    assert "The file's pages fit together" in html.unescape(answer.text)


def test_a_look_leaves_its_note(site: Site) -> None:
    """What it did, and when."""
    site.push(timedelta(days=30))
    with site.house.store.reading() as look:
        noted = json.loads(look.house()["last_sweep"])
    assert noted.keys() == {"at", "seconds", "items", "opened", "put_off", "more"}
    assert instant(noted["at"]) <= site.house.now() < instant(noted["at"]) + timedelta(days=30)


REFUSES = "the mail server refuses connections; see that it runs, and that its port is right"


@pytest.fixture
def without_mail(site: Site) -> Site:
    """Three messages that were given up for one cause."""
    now = site.house.now()
    rows = [row["id"] for row in site.engine.outbox() if row["recipient"]][:3]
    with site.parts.store.writing() as unit:
        for row in rows:
            unit._connection.exec_driver_sql("UPDATE outbox SET done_at = NULL WHERE id = ?", (row,))
            unit.failed([row], None, REFUSES, now)
    return site


def test_what_failed_for_one_cause_is_one_thing_and_is_tried_again_at_once(
    without_mail: Site, admin: TestClient
) -> None:
    shown = text(admin)
    assert "Message not delivered: 3 times" in shown
    assert shown.count("Reason, for") == 1
    first = without_mail.engine.needing_a_person()[0].number
    path = f"/machine-room/incidents/{first}/retry-alike"
    empty = admin.post(path, data=without_mail.key(admin))
    assert (empty.status_code, f'href="#reason-{first}-alike"' in empty.text) == (422, True)
    done = admin.post(path, data={**REASON, **without_mail.key(admin)})
    assert done.status_code == 303
    assert "3 incidents will be tried again" in text(admin)
    assert without_mail.engine.needing_a_person() == []


def test_what_has_another_cause_is_left_when_all_of_one_cause_are_given_up(
    without_mail: Site, troubled: Site, admin: TestClient
) -> None:
    alike = [each for each in troubled.engine.needing_a_person() if REFUSES in each.what]
    path = f"/machine-room/incidents/{alike[0].number}/give-up-alike"
    assert admin.post(path, data={**REASON, **without_mail.key(admin)}).status_code == 303
    assert not [each for each in troubled.engine.needing_a_person() if REFUSES in each.what]
    assert len(troubled.engine.needing_a_person()) == 2


def test_how_much_needs_a_person_stands_in_the_navigation(without_mail: Site, admin: TestClient) -> None:
    assert "Machine room (3)" in admin.get("/").text
    assert "Machine room" not in without_mail.client("quality-lead").get("/").text


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ConnectionRefusedError(111, "Connection refused"), REFUSES),
        (TimeoutError(), "the mail server does not answer in time"),
        (OSError(113, "No route to host"), "the mail server cannot be reached from here"),
        (OSError(28, "No space left on device"), "OSError: No space left on device"),
    ],
)
def test_why_a_message_did_not_leave_is_said_in_words(fault: Exception, said: str) -> None:
    assert why_not_sent(fault) == said
