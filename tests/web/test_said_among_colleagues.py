"""What is said among colleagues is behind no door of the subject's people, and colleagues are told that it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qa_workflow.service.refusals import NoColleague
from tests.web.disclosing import CONTACT, MARK, STAFF, Hidden, as_told, every_answer, seen, traces
from tests.web.filling import send, text
from tests.web.programs import EVERY, Program, tag


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
    assert {door: found for door, answer in every_answer(hidden, None) if (found := traces(answer))} == {}
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
    seen_at = as_told(hidden.item)
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
    told = program.post(f"/items/{hidden.item.id}/comment", asked, 422, If_Match=tag(as_told(hidden.item)))
    assert told["code"] == "no_colleague"
    assert "writes to everybody who may see it" in told["detail"]
    page = hidden.site.client(CONTACT).get(f"/items/{hidden.item.reference}")
    assert "Who is it for?" not in page.text
    assert "for everybody who may see this item" in page.text


def test_somebody_is_asked_who_may_read_it_and_the_history_says_so(hidden: Hidden) -> None:
    """Nobody is sent word of what is kept from them, and nothing is saved then."""
    reference = hidden.item.reference
    client = hidden.site.client(STAFF)
    item = client.get(f"/items/{reference}")
    assert f'href="/comment/{reference}"' in item.text
    page = client.get(f"/comment/{reference}")
    typed = {"text": "Is it plausible?", "audience": "colleagues", "tell": CONTACT}
    refused = send(client, f"/comment/{reference}", typed, page=page)
    assert refused.status_code == 422
    assert f"{CONTACT} cannot read the comment (it is for colleagues only), so nobody was told" in text(refused)
    asked = send(client, f"/comment/{reference}", {**typed, "tell": "governance-officer"}, page=refused)
    assert asked.status_code == 303
    told = text(client.get(f"/items/{reference}"))
    assert "Your comment was added, for colleagues only. Governance officer is told of it." in told
    assert "Commented, for colleagues only, and had Governance officer told of it" in told
    last = hidden.engine.outbox()[-1]
    assert (last["recipient"], last["payload"]["topic"]) == ("governance-officer", "commented")
    elsewhere = Program(hidden.site, STAFF, *EVERY)
    body = {"text": "And you?", "tell": "ghc-contact"}
    answer = elsewhere.post(f"/items/{hidden.item.id}/comment", body, 422, If_Match=tag(elsewhere.item(reference)))
    assert answer["code"] == "no_reader"


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
