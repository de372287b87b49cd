"""My items: what waits for me, with what is next and how long is left; what waits for others; nothing foreign."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qa_workflow.service.lists.mine import mine
from qa_workflow.service.people import leaving
from tests.web.filling import PDF, send, text
from tests.web.site import Site


def test_a_quality_lead_sees_what_waits_for_them_and_what_is_next(site: Site) -> None:
    page = site.client("quality-lead").get("/")
    said = text(page)
    assert page.status_code == 200
    assert "4 items wait for you" in said
    assert "19 working days left" in said
    assert '/advance/cqrg_review.accept/PA/2026-27-Q4/ghc">' in page.text
    assert said.index("PA/2026-27-Q4/ghc") < said.index("PA/2026-27-Q4/ghft"), "what is due soonest comes first"


def test_what_waits_for_others_says_for_whom(site: Site) -> None:
    said = text(site.client("quality-lead").get("/"))
    assert "What waits for others" in said
    assert "Provider contact" in said


def test_being_late_is_said_in_words(site: Site) -> None:
    said = text(site.client("ghft-contact").get("/"))
    assert "71 calendar days overdue" in said
    assert "1 of them overdue" in said


def test_a_contact_sees_nothing_of_another_provider(site: Site) -> None:
    page = site.client("ghft-contact").get("/")
    assert "ghft" in page.text
    assert not [word for word in ("ghc", "primary_care", "care_homes", "Health and Care") if word in page.text]


def test_who_has_nothing_to_do_is_told_so(site: Site) -> None:
    assert "Nothing waits for you" in text(site.client("healthwatch-officer").get("/"))


def test_an_item_taken_on_by_another_is_theirs_alone(site: Site) -> None:
    site.engine.claim("PA/2026-27-Q4/ghc", actor="second-quality-lead")
    assert "3 items wait for you" in text(site.client("quality-lead").get("/"))
    assert "4 items wait for you" in text(site.client("second-quality-lead").get("/"))


def test_nobody_is_asked_to_sign_in_first(site: Site) -> None:
    answer = site.client(None).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2F")


def test_what_needs_a_second_person_is_said_and_actions_are_told_apart(site: Site) -> None:
    client = site.client("quality-lead")
    accept = "/advance/cqrg_review.accept/PA/2026-27-Q4/ghft"
    typed = {"field.rating": "partial", "field.actions": "Count falls by ward"}
    due = dict(zip(("day", "month", "year"), ("30", "9", "2027"), strict=True))
    typed |= {f"field.actions_due_on.{part}": value for part, value in due.items()}
    assert send(client, accept, typed, files={"field.minutes": ("minutes.pdf", PDF)}).status_code == 303
    said = text(client.get("/"))
    assert "For somebody else: Send the feedback" in said
    assert "Review group action: Count falls by ward" in said


@pytest.mark.parametrize("form", ["hold", "resume", "cancel", "assign", "change-date", "correct"])
def test_nobody_types_into_a_form_that_is_not_theirs(site: Site, form: str) -> None:
    answer = site.client("ghft-contact").get(f"/{form}/PA/2026-27-Q4/ghft")
    assert answer.status_code == 403
    assert "; this is for: " in text(answer)


def test_an_item_that_is_not_on_hold_is_not_resumed(site: Site) -> None:
    answer = site.client("governance-officer").get("/resume/PA/2026-27-Q4/ghft")
    assert answer.status_code == 409
    assert "where this cannot be done" in text(answer)


def test_whose_last_day_is_past_is_told_why_nothing_is_shown(site: Site) -> None:
    """The session is theirs still, and every page would be empty without a word."""
    contact = site.client("ghft-contact")
    assert "Your last day here" not in contact.get("/").text
    leaving.leave(site.house, "ghft-contact", date(2027, 7, 10), actor="administrator")
    site.push(timedelta(days=3))
    for path in ("/", "/items", "/account"):
        assert (
            "Your last day here was 10 July 2027, so you see nothing any more and can do nothing."
            in contact.get(path).text
        )


def test_what_the_body_decides_that_one_has_the_chair_of_comes_before_what_one_may_also_do(site: Site) -> None:
    """However late other people's own work is, which the chair may only help along."""
    site.engine.open(
        "cqrg_action",
        subject="ghc",
        fields={"action": "Audit of falls", "due_on": date(2027, 6, 18)},
        actor="quality-lead",
        sure="open 2027-06-18",
    )
    house, now = site.house, site.engine.now()
    with house.looking() as (_, world):
        chair = world.actor("committee-chair", now.date())
    also = mine(house, chair, now, others=10).also
    decided = [line.is_decided_by_them for line in also]
    assert decided == sorted(decided, reverse=True)
    assert set(decided) == {True, False}
    assert also[-1].due_on is not None
    assert also[0].due_on is not None
    assert also[-1].due_on < also[0].due_on


def test_what_others_brought_since_the_working_day_before_is_new_with_whom_it_came_from(site: Site) -> None:
    """On Monday what came in on Saturday is new, on Tuesday it is not. What one did oneself never is."""
    lead, other = "quality-lead", "second-quality-lead"
    fields = {"action": "Audit of falls", "due_on": date(2027, 9, 30)}
    action = site.engine.open("cqrg_action", subject="ghc", fields=fields, actor=other)
    site.engine.record(action.id, {"lead": lead}, actor=other)
    site.engine.advance(action.id, "start", actor=other)  # Saturday 10 July 2027

    def told(person: str) -> str:
        return text(site.client(person).get("/"))

    assert "New on 10 July 2027 from Second quality lead" in told(lead)
    assert "1 new since 9 July 2027" in told(lead)
    assert "New on" not in told(other)
    site.push(timedelta(days=2))  # Monday
    assert "1 new since 9 July 2027" in told(lead)
    site.push(timedelta(days=1))  # Tuesday: since Monday
    assert "New on" not in told(lead)
    assert "new since" not in told(lead)


def test_when_the_body_meets_before_which_an_item_is_stands_with_its_stage(site: Site) -> None:
    assert "Review by the Clinical Quality Review Group meeting on 27 July 2027" in text(
        site.client("quality-lead").get("/")
    )
    item = "/items/PA/2026-27-Q4/ghft"
    told = "Meeting Clinical Quality Review Group, Gloucestershire Hospitals, on 27 July 2027"
    assert told in text(site.client("quality-lead").get(item)), "its own date is two weeks later"
    site.push(timedelta(days=20))
    assert "meeting on 27 July 2027" not in text(site.client("quality-lead").get("/"))
    assert told not in text(site.client("quality-lead").get(item))


def test_of_one_item_it_is_not_said_how_many_of_them(site: Site) -> None:
    """It read "1 item waits for you, 1 of them overdue"."""
    client = site.client("ghft-contact")
    assert "2 items wait for you, 1 of them overdue" in text(client.get("/"))
    send(client, "/advance/provider_report.submit/PA/2027-28-Q1/ghft", files={"field.report": ("report.pdf", PDF)})
    assert "1 item waits for you, overdue" in text(client.get("/"))
