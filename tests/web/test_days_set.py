"""A day that somebody gives as a due date with a step, an opening or a field: asked back where it may be a slip.

As another date with authority and a moved meeting are: with the same question, and the same way to say it is meant.
"""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from qa_workflow.service.refusals import DoubtfulDate
from tests.web.filling import PDF, send, text
from tests.web.programs import Program
from tests.web.site import Site

LEAD = "quality-lead"
ACTION = "ACT/ghft/1"
REVISE = f"/advance/open.revise/{ACTION}"


def typed(day: str, month: str, year: str = "2027", **more: str) -> dict[str, str]:
    boxes = {"field.due_on.day": day, "field.due_on.month": month, "field.due_on.year": year}
    return {**boxes, "reason": "The audit is late", **more}


@pytest.fixture
def lead(site: Site) -> TestClient:
    """Signed in, with an action that is due on Friday 30 July 2027."""
    fields = {"action": "Count falls by ward", "due_on": "2027-07-30"}
    assert site.engine.open("cqrg_action", subject="ghft", fields=fields, actor=LEAD).reference == ACTION
    return site.client(LEAD)


def due(site: Site) -> str:
    found = site.engine.item(ACTION).due()
    assert found is not None
    return found.on


@pytest.mark.parametrize(("day", "month", "why"), [("7", "8", "Saturday"), ("30", "8", "Late Summer Bank Holiday")])
def test_a_step_on_a_page_that_sets_a_day_not_worked_is_asked_back(
    site: Site, lead: TestClient, day: str, month: str, why: str
) -> None:
    asked = send(lead, REVISE, typed(day, month))
    said, on = text(asked), f"{day} August 2027"
    assert asked.status_code == 422
    assert f"Confirm that you mean {on}, or enter another date" in said
    assert f"{on} is not a working day ({why})." in said
    assert f"Agreed, not started would be due on {on}: " in said
    assert "; it is due on 30 July 2027 now." in said
    assert due(site) == "2027-07-30", "nothing was done"
    assert send(lead, REVISE, {"sure": f"open 2027-08-{int(day):02}"}, page=asked).status_code == 303
    assert due(site) == f"2027-08-{int(day):02}"
    assert site.engine.history(ACTION)[-1].reason == "The audit is late", "what was typed had come back"


def test_a_day_that_was_confirmed_confirms_no_other(site: Site, lead: TestClient) -> None:
    asked = send(lead, REVISE, typed("7", "8"))
    again = send(lead, REVISE, typed("8", "8", sure="open 2027-08-07"), page=asked)
    assert again.status_code == 422
    assert "8 August 2027 is not a working day (Sunday)." in text(again)
    assert send(lead, REVISE, typed("9", "8", sure="open 2027-08-07"), page=again).status_code == 303
    assert due(site) == "2027-08-09", "and an ordinary day needs no word"


def test_what_was_confirmed_is_not_among_what_is_to_be_copied(site: Site, lead: TestClient) -> None:
    """Where a form has no place any more, people copy what they typed; a mark that the form carried is none of it."""
    asked = send(lead, REVISE, typed("7", "8"))
    site.engine.cancel(ACTION, actor="governance-officer", reason="opened twice")
    gone = send(lead, REVISE, {"sure": "open 2027-08-07"}, page=asked)
    assert gone.status_code == 409
    assert "The audit is late" in text(gone)
    assert "open 2027-08-07" not in gone.text


def test_a_day_that_hardly_anybody_means_is_asked_back(site: Site, lead: TestClient) -> None:
    """2072 for 2027."""
    asked = send(lead, REVISE, typed("5", "8", "2072"))
    assert asked.status_code == 422
    assert "5 August 2072 is more than 10 years from now." in text(asked)
    assert due(site) == "2027-07-30"


def test_a_field_that_moves_no_date_is_not_asked_about(site: Site, lead: TestClient) -> None:
    """The item stays due on the Saturday that was confirmed; neither a text beside it asks, nor the day sent again."""
    site.engine.advance(ACTION, "revise", actor=LEAD, fields={"due_on": "2027-08-07"}, reason="r", sure=True)
    given = {"field.action": "Count falls by ward and week"}
    assert send(lead, f"/fill/{ACTION}", given).status_code == 303
    site.engine.advance(ACTION, "revise", actor=LEAD, fields={"due_on": "2027-08-07"}, reason="as it was")
    assert due(site) == "2027-08-07"


def test_filling_in_and_putting_right_a_due_date_are_asked_back_too(site: Site) -> None:
    """Nothing of the workflow stands before these: a day that has passed is told, with who would hear of it."""
    site.engine.open("cqrg_action", subject="ghft", actor=LEAD)
    filled = send(site.client(LEAD), f"/fill/{ACTION}", typed("8", "8"))
    assert filled.status_code == 422
    assert "8 August 2027 is not a working day (Sunday)." in text(filled)
    corrected = send(site.client("governance-officer"), f"/correct/{ACTION}", typed("1", "7"))
    assert corrected.status_code == 422
    assert "1 July 2027 has passed: it becomes overdue at once." in text(corrected)
    assert "Told at once: " in text(corrected)
    assert site.engine.item(ACTION).due() is None, "nothing was done"


def test_an_item_opened_for_a_day_not_worked_is_asked_back(site: Site) -> None:
    client, way = site.client(LEAD), "/open/cqrg_action"
    asked = send(client, way, typed("7", "8", subject="ghft"))
    assert asked.status_code == 422
    assert "Confirm that you mean 7 August 2027, or enter another date" in text(asked)
    assert "ghft/1" not in text(client.get("/items?workflow=cqrg_action"))
    assert send(client, way, {"sure": "open 2027-08-07"}, page=asked).status_code == 303
    assert due(site) == "2027-08-07"


@pytest.mark.usefixtures("lead")
def test_programs_are_asked_back_for_a_step_and_an_opening(site: Site) -> None:
    program, fields = Program(site, LEAD), {"due_on": "2027-08-07"}
    opened = {"workflow": "cqrg_action", "subject": "ghc", "fields": fields}
    told = program.post("/items", opened, 422)
    assert (told["code"], told["sure"]) == ("doubtful_date", "open 2027-08-07")
    assert program.post("/items", {**opened, "sure": told["sure"]}, 201)["due_on"] == "2027-08-07"
    wish = {"trigger": "revise", "fields": fields, "reason": "The audit is late"}
    item = program.item(ACTION)
    told = program.act(item, "advance", wish, 422)
    assert told["detail"].startswith("7 August 2027 is not a working day (Saturday). Nothing was changed; ")
    (coming,) = told["coming"]
    assert (coming["before"], coming["given"], coming["on"]) == ("2027-07-30", "2027-08-07", "2027-08-07")
    assert program.act(item, "advance", {**wish, "sure": told["sure"]})["due_on"] == "2027-08-07"


@pytest.mark.usefixtures("lead")
def test_one_decision_for_many_tells_in_its_preview_instead_of_asking(site: Site) -> None:
    """Each item is done or refused by itself; nobody answers a question for each."""
    item, wish = Program(site, LEAD).item(ACTION), {"trigger": "revise", "reason": "r", "preview": True}
    body = {**wish, "items": [{"id": item["id"], "revision": item["revision"]}], "fields": {"due_on": "2027-08-07"}}
    (outcome,) = Program(site, LEAD).post("/bulk-advance", body)["outcomes"]
    assert (outcome["done"], outcome["due_on"], outcome["not_worked"]) == (True, "2027-08-07", "Saturday")


@pytest.mark.usefixtures("lead")
def test_in_python_a_mark_or_true_says_that_it_is_meant(site: Site) -> None:
    fields = {"due_on": "2027-08-07"}
    with pytest.raises(DoubtfulDate, match="7 August 2027 is not a working day") as asked:
        site.engine.advance(ACTION, "revise", actor=LEAD, fields=fields, reason="r")
    with pytest.raises(DoubtfulDate):
        site.engine.advance(ACTION, "revise", actor=LEAD, fields=fields, reason="r", sure="open 2027-08-08")
    mark = asked.value.coming.mark
    site.engine.advance(ACTION, "revise", actor=LEAD, fields=fields, reason="r", sure=mark)
    assert due(site) == "2027-08-07"


def test_a_sunday_by_which_the_actions_of_a_review_are_due_is_asked_back(site: Site) -> None:
    """Each action is opened with it as its own due date, also where it was filled in before the step."""
    name, sunday = "PA/2026-27-Q4/ghft", {"actions": ["Count falls"], "actions_due_on": "2028-01-30"}
    site.engine.record(name, sunday, actor=LEAD)
    client, way = site.client(LEAD), f"/advance/cqrg_review.accept/{name}"
    typed, sure = {"field.rating": "partial"}, {"sure": "cqrg_action/open 2028-01-30"}
    asked = send(client, way, typed, files={"field.minutes": ("minutes.pdf", PDF)})
    assert asked.status_code == 422
    assert "30 January 2028 is not a working day (Sunday)." in text(asked)
    assert "Review group action (sub-item to be opened), Agreed, not started would be due on 30 January" in text(asked)
    program, files = Program(site, LEAD), {"file": ("minutes.pdf", PDF, "application/pdf")}
    minutes = program.read(program.client.post("/api/v1/documents", files=files), 201)
    wish = {"trigger": "accept", "fields": {"rating": "partial", "minutes": minutes}}
    told = program.act(program.item(name), "advance", wish, 422)
    assert (told["coming"][0]["sub_item"], told["sure"]) == ("cqrg_action", sure["sure"])
    assert send(client, way, sure, page=asked).status_code == 303
    assert due(site) == "2028-01-30"
