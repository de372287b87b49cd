"""Another date with authority, and corrections: with basis, approver and reason; refused with what was typed kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from qa_workflow.engine.refusals import Nonsense
from tests.web.programs import Program
from tests.web.site import Site

OFFICER, LEAD = "governance-officer", "quality-lead"
ITEM = "PA/2026-27-Q4/ghft"
DATE = {
    "date-day": "1",
    "date-month": "9",
    "date-year": "2027",
    "basis": "Committee of 8 July",
    "reason": "the director is new",
}


def form(site: Site, client: object, **typed: str) -> dict[str, str]:
    item = site.engine.item(ITEM)
    return {**site.key(client), "revision": str(item.revision), "request": "a" * 32, **typed}  # type: ignore[arg-type]


SURE = {"sure": "cqrg_review 2027-09-01"}
"""What follows from this date has been shown."""


def test_a_date_is_changed_with_basis_and_approver(site: Site) -> None:
    client = site.client(OFFICER)
    assert ITEM in client.get(f"/change-date/{ITEM}").text
    typed = form(site, client, **DATE, **SURE, approver="director-of-quality")
    answer = client.post(f"/change-date/{ITEM}", data=typed)
    assert answer.headers["location"] == f"/items/{ITEM}"
    due = site.engine.item(ITEM).due()
    assert due is not None
    assert (due.on, due.fixed) == ("2027-09-01", True)
    last = site.engine.history(ITEM)[-1]
    assert (last.actor, last.reason, last.data["basis"], last.data["approver"]) == (
        OFFICER, "the director is new", "Committee of 8 July", "director-of-quality",
    )  # fmt: skip


def test_how_far_off_a_date_is_reads_the_same_on_every_page(site: Site) -> None:
    """In the days that the date's own rule counts in."""
    shown = site.engine.view(site.engine.item(ITEM))
    assert "working days" in shown["time_left"]
    client = site.client(OFFICER)
    for page in (f"/items/{ITEM}", f"/change-date/{ITEM}", "/items"):
        assert shown["time_left"] in client.get(page).text, page


def test_who_changes_a_date_and_names_nobody_else_is_its_approver(site: Site) -> None:
    """The right to change a date is an authority; nobody is left to wonder whose it was."""
    client = site.client(OFFICER)
    assert client.post(f"/change-date/{ITEM}", data=form(site, client, **DATE, **SURE)).status_code == 303
    assert site.engine.history(ITEM)[-1].data["approver"] == OFFICER
    assert "to 1 September 2027, approved by Governance officer" in client.get(f"/items/{ITEM}").text


def test_what_follows_from_another_date_is_shown_before_it_is_done(site: Site) -> None:
    client, before = site.client(OFFICER), site.engine.item(ITEM)
    answer = client.post(f"/change-date/{ITEM}", data=form(site, client, **DATE))
    assert answer.status_code == 200
    assert site.engine.item(ITEM) == before
    assert "would be due on 1 September 2027: " in answer.text
    assert "working days left; it is due on 10 August 2027 now" in answer.text
    assert f'type="hidden" name="sure" value="{SURE["sure"]}"' in answer.text


def test_a_date_that_has_passed_is_confirmed_first_and_says_who_will_be_told(site: Site) -> None:
    """1 November for 1 December would send escalations the same minute."""
    client, before = site.client(OFFICER), site.engine.item(ITEM)
    typed = {**DATE, "date-day": "25", "date-month": "6"}
    answer = client.post(f"/change-date/{ITEM}", data=form(site, client, **typed, sure=SURE["sure"]))
    assert answer.status_code == 422
    assert site.engine.item(ITEM) == before
    assert "Confirm that you mean 25 June 2027, or enter another date" in answer.text
    assert "25 June 2027 has passed: it becomes overdue at once." in answer.text
    told = answer.text.partition("Told at once")[2].partition("</li>")[0]
    assert "Director of quality" in told
    assert DATE["basis"] in answer.text
    sure = {"sure": "cqrg_review 2027-06-25"}
    assert client.post(f"/change-date/{ITEM}", data=form(site, client, **typed, **sure)).status_code == 303
    assert site.engine.item(ITEM).due().on == "2027-06-25"  # type: ignore[union-attr]


@pytest.mark.parametrize(("day", "why"), [("4", "Saturday"), ("30", "Late Summer Bank Holiday")])
def test_a_day_that_is_not_worked_is_confirmed_first(site: Site, day: str, why: str) -> None:
    month = "9" if why == "Saturday" else "8"
    client = site.client(OFFICER)
    answer = client.post(
        f"/change-date/{ITEM}", data=form(site, client, **{**DATE, "date-day": day, "date-month": month})
    )
    assert answer.status_code == 422
    assert f"is not a working day ({why})" in answer.text


def test_an_approver_who_is_not_known_here_approves_nothing(site: Site) -> None:
    with pytest.raises(Nonsense, match="'nobody' is not known"):
        site.engine.change_date(ITEM, date(2027, 9, 1), actor=OFFICER, basis="b", reason="r", approver="nobody")


def test_somebody_without_the_right_approves_nothing_and_the_form_says_who_may(site: Site) -> None:
    client = site.client(OFFICER)
    answer = client.post(f"/change-date/{ITEM}", data=form(site, client, **DATE, **SURE, approver="ghft-contact"))
    assert answer.status_code == 422
    assert "may not approve another due date" in answer.text
    assert "Governance officer" in answer.text


def test_a_double_click_changes_it_once(site: Site) -> None:
    client = site.client(OFFICER)
    typed = form(site, client, **DATE, **SURE)
    for _ in range(2):
        assert client.post(f"/change-date/{ITEM}", data=typed).status_code == 303
    assert [event.kind for event in site.engine.history(ITEM)].count(site.engine.history(ITEM)[-1].kind) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"date-day": ""}, "The new date must include a day"),
        ({"date-day": "", "date-month": "", "date-year": ""}, "Enter the new date"),
        ({"date-day": "31", "date-month": "2"}, "must be a real date"),
        ({"basis": ""}, "Enter what the new date rests on"),
        ({"reason": ""}, "Enter a reason"),
        ({"approver": "nobody"}, "Choose somebody who is known"),
        ({"stage": "nonsense"}, "nonsense"),
        ({"date-year": "2099"}, "more than 50 years away"),
    ],
)
def test_a_form_that_cannot_be_meant_comes_back_as_it_was_typed(site: Site, typed: dict[str, str], said: str) -> None:
    client = site.client(OFFICER)
    answer = client.post(f"/change-date/{ITEM}", data=form(site, client, **{**DATE, **typed}))
    assert answer.status_code == 422
    assert said in answer.text
    for value in ({**DATE, **typed}).values():
        if value not in ("nobody", "nonsense"):
            assert value in answer.text


def test_who_has_no_authority_is_told(site: Site) -> None:
    client = site.client(LEAD)
    answer = client.post(f"/change-date/{ITEM}", data=form(site, client, **DATE))
    assert answer.status_code == 403
    assert f"You may not change the date with authority ({ITEM}); this is for: Governance officer" in answer.text


def test_somebody_was_quicker(site: Site) -> None:
    client = site.client(OFFICER)
    typed = form(site, client, **DATE)
    site.engine.comment(ITEM, "they have called", actor=LEAD)
    answer = client.post(f"/change-date/{ITEM}", data=typed)
    assert answer.status_code == 409
    assert "they have called" in answer.text
    assert DATE["basis"] in answer.text


def test_what_was_recorded_wrongly_is_put_right_and_the_history_keeps_both(site: Site) -> None:
    client = site.client(OFFICER)
    given = {"field.feedback": "As agreed.", "reason": "it stood in another item", "corrects": "1"}
    typed = form(site, client, **given)
    assert client.post(f"/correct/{ITEM}", data=typed).headers["location"] == f"/items/{ITEM}"
    item, last = site.engine.item(ITEM), site.engine.history(ITEM)[-1]
    assert item.fields["feedback"] == "As agreed."
    assert (str(last.kind), last.reason, last.data["corrects"]) == ("corrected", "it stood in another item", 1)


def test_an_item_is_put_at_another_stage(site: Site) -> None:
    client = site.client(OFFICER)
    typed = form(site, client, stage="provider_report", reason="the wrong report was reviewed")
    assert client.post(f"/correct/{ITEM}", data=typed).status_code == 303
    assert [visit.stage for visit in site.engine.item(ITEM).visits] == ["provider_report"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"stage": "provider_report"}, "Enter a reason"),
        ({"reason": "wrong"}, "Nothing to correct"),
        ({"reason": "wrong", "corrects": "99"}, "no event 99"),
        ({"reason": "wrong", "corrects": "first"}, "must be a number"),
        ({"reason": "NHS number 943 476 5919 was wrong", "corrects": "1"}, "identified"),
    ],
)
def test_a_correction_that_cannot_be_meant_comes_back(site: Site, typed: dict[str, str], said: str) -> None:
    client = site.client(OFFICER)
    answer = client.post(f"/correct/{ITEM}", data=form(site, client, **typed))
    assert answer.status_code == 422
    assert said.lower() in answer.text.lower()


def test_an_item_that_was_cancelled_by_mistake_is_opened_again(site: Site) -> None:
    """The page leads there, as for one that is closed; to those who may correct alone."""
    site.engine.cancel(ITEM, actor=OFFICER, reason="the wrong one")
    assert f'href="/correct/{ITEM}"' not in site.client(LEAD).get(f"/items/{ITEM}").text
    client = site.client(OFFICER)
    assert f'href="/correct/{ITEM}"' in client.get(f"/items/{ITEM}").text
    assert client.get(f"/correct/{ITEM}").status_code == 200
    typed = form(site, client, stage="cqrg_review", reason="it was the wrong one")
    assert client.post(f"/correct/{ITEM}", data=typed).status_code == 303
    assert site.engine.item(ITEM).status == "open"


def test_an_item_that_is_put_back_is_due_when_it_was_due_there(site: Site) -> None:
    """Also by a date that was changed with authority; a correction makes nothing punctual."""
    client = site.client(OFFICER)
    client.post(f"/change-date/{ITEM}", data=form(site, client, **DATE))
    (here,) = site.engine.item(ITEM).leaves()
    for number, stage in enumerate((here.stage, "provider_report", here.stage)):
        typed = form(site, client, reason="a slip", stage=stage, request=f"{number}" * 32)
        answer = client.post(f"/correct/{ITEM}", data=typed)
        assert answer.status_code == 303, answer.text
    (there,) = site.engine.item(ITEM).leaves()
    assert (there.stage, there.due) == (here.stage, here.due)
    assert there.number > here.number
    assert "it is due when it was due then" in client.get(f"/correct/{ITEM}").text


# What programs are asked back


def odd(officer: Program, **more: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The item, and a wish to have it due on a Saturday."""
    return officer.item(ITEM), {"on": "2027-09-04", "basis": "Committee of 8 July", "reason": "New director", **more}


def test_a_program_has_to_confirm_a_date_that_may_be_a_slip(site: Site) -> None:
    """As a person on the page; the refusal says what would follow, and what to send along."""
    officer = Program(site, OFFICER)
    item, wish = odd(officer)
    told = officer.act(item, "due-date", wish, 422)
    assert (told["code"], told["sure"]) == ("doubtful_date", "cqrg_review 2027-09-04")
    (coming,) = told["coming"]
    assert (coming["on"], coming["not_worked"], coming["is_past"]) == ("2027-09-04", "Saturday", False)
    assert told["detail"].startswith("4 September 2027 is not a working day (Saturday). Nothing was changed;")
    assert officer.item(ITEM)["revision"] == item["revision"]
    officer.act(item, "due-date", {**wish, "sure": "cqrg_review 2027-09-05"}, 422)
    assert officer.act(item, "due-date", {**wish, "sure": told["sure"]})["due_on"] == "2027-09-04"


def test_an_ordinary_date_is_given_at_once(site: Site) -> None:
    officer = Program(site, OFFICER)
    item, wish = odd(officer)
    assert officer.act(item, "due-date", {**wish, "on": "2027-09-06"})["due_on"] == "2027-09-06"


def test_a_confirmed_date_that_is_sent_twice_is_answered_as_the_first_time(site: Site) -> None:
    """Also where the item is over by then: what was done is not doubted again."""
    officer = Program(site, OFFICER)
    item, wish = odd(officer, sure="cqrg_review 2027-09-04")
    first = officer.act(item, "due-date", wish, Idempotency_Key="a-date-given")
    site.engine.cancel(ITEM, actor=OFFICER, reason="opened twice")
    again = officer.act(officer.item(ITEM), "due-date", wish, Idempotency_Key="a-date-given")
    assert again == first
    assert [each["told"] for each in again["happened"]] == [["Basis: Committee of 8 July"]]
