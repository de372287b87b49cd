"""Mails as they arrive at a mail server: what happened, what is asked by when, where the page is; no case detail."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from qa_workflow.definition.build.effects import MAIL_WORDS
from qa_workflow.effects import MailCarrier, MailSettings
from qa_workflow.engine import Item
from qa_workflow.service.front import Engine
from qa_workflow.service.time.delivery import deliver
from qa_workflow.testing import FakeClock
from tests.service.conftest import ADDRESS, opener
from tests.service.late import house_of

NORTH = f"{ADDRESS}/items/R/2026-27-Q4/north"
SENDER_REFUSED = (
    "the mail server does not take mail from qa-workflow@example.org (it said: 553 5.1.8 who is that); see that the "
    "sender is right"
)
NO_DETAIL = "What was written and attached is on the item's page: mails carry no details."


class Server:
    """Takes mail, or answers what it is told to: to an address, or to what was written."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: dict[str, str] = {}
        self.data = "250 accepted"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        answer = self.to.get(address, "250 fine")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.data

    def to_person(self, name: str) -> EmailMessage:
        """The only mail to somebody."""
        (mail,) = (mail for mail in self.mails if mail["To"] == f"{name}@example.org")
        return mail


def words(mail: EmailMessage) -> str:
    """What its reader reads."""
    return str(mail.get_content()).replace("\r\n", "\n")


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def carrier(server: Server) -> Iterator[MailCarrier]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailCarrier(MailSettings("127.0.0.1", "qa-workflow@example.org", port))
    controller.stop()


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FakeClock, carrier: MailCarrier) -> Iterator[Engine]:
    """The office, with a mail server."""
    with opener(tmp_path, database_url, clock, carrier)() as engine:
        yield engine


def report(office: Engine, subject: str = "north") -> Item:
    return office.open("report", subject=subject, period="2026-27 Q4", actor="ann")


def test_a_mail_says_what_happened_what_is_asked_by_when_and_where(office: Engine, server: Server) -> None:
    item = report(office)
    office.record(item, {"note": "a secret of the ward"}, actor="cher")
    office.tick()
    mail = server.to_person("ann")
    assert mail["Subject"] == "R/2026-27-Q4/north: “Awaited” is now with you, due 16 April 2027"
    assert mail.get_content_type() == "text/plain"
    assert (
        words(mail)
        == f"""“Awaited” is now with you.

It is due on Friday 16 April 2027 (10 working days left). Please see to it by then.

Item R/2026-27-Q4/north: Quarterly report, North Trust.

  {NORTH}

{NO_DETAIL}
"""
    )


def test_whoever_is_given_an_item_is_told_and_asked_to_see_to_it(office: Engine, server: Server) -> None:
    """Whoever takes something on, or gives it to themselves, knows of it."""
    item = report(office)
    office.tick()
    server.mails.clear()
    office.assign(item, "amy", actor="cher", reason="ann is away")
    office.tick()
    (mail,) = server.mails
    assert mail["To"] == "amy@example.org"
    assert mail["Subject"] == "R/2026-27-Q4/north: “Awaited” was given to you, due 16 April 2027"
    assert "Please see to it by then." in words(mail)


def test_whose_step_somebody_else_has_filled_in_for_is_asked_to_make_it(
    office: Engine, server: Server, tmp_path: Path
) -> None:
    """The report came by letter, the office put it in, and it would have waited until somebody looked."""
    item = report(office)
    office.tick()
    server.mails.clear()
    (tmp_path / "figures.txt").write_text("as they came")
    office.record(item, {"figures": tmp_path / "figures.txt"}, actor="cher")
    office.tick()
    mail = server.to_person("ann")
    happened = "what “Awaited” asks for was filled in for you"
    assert mail["Subject"] == f"R/2026-27-Q4/north: {happened}, due 16 April 2027"
    assert "Nothing goes on by that alone: please look at it, and make the step." in words(mail)
    assert "figures" not in words(mail)


def test_whoever_is_asked_something_is_told_so_and_nothing_of_what_was_said(office: Engine, server: Server) -> None:
    """A question that reaches nobody is asked again by e-mail, outside the history. Each is told, of an item that is
    over too, and word that the item is with somebody is not lost for it.
    """
    item = report(office)
    office.comment(item, "Is the rate of the ward plausible?", actor="amy", tell="ann")
    office.tick()
    mail = server.to_person("ann")
    assert mail["Subject"] == "QA workflow: 2 notices for you"
    assert "“Awaited” is now with you; it is due on" in words(mail)
    assert "you are asked to read a comment." in words(mail)
    assert "ward" not in words(mail)
    server.mails.clear()
    office.cancel(item.reference, actor="cher", reason="not wanted")
    office.tick()
    server.mails.clear()
    office.comment(item.reference, "Why was it not wanted?", actor="amy", tell="ann")
    office.tick()
    (mail,) = server.mails
    assert (mail["To"], mail["Subject"]) == (
        "ann@example.org",
        "R/2026-27-Q4/north: you are asked to read a comment",
    )
    assert "Please read it on the item's page, and answer there." in words(mail)


def test_what_is_late_asks_its_owner_to_act_and_others_to_see_that_it_goes_on(
    office: Engine, clock: FakeClock, server: Server
) -> None:
    report(office)
    office.tick()
    clock.set("2027-04-16T23:00")
    office.tick()
    server.mails.clear()
    clock.set("2027-04-20T09:00")
    office.tick()
    assert server.to_person("rob")["Subject"] == "R/2026-27-Q4/north: “Awaited” is late and has been brought to you"
    assert "It was due on Friday 16 April 2027 (2 working days overdue)." in words(server.to_person("rob"))
    assert "It waits for Author: please see that it goes on." in words(server.to_person("rob"))


def test_an_owner_of_what_is_overdue_is_asked_to_see_to_it(office: Engine, clock: FakeClock, server: Server) -> None:
    report(office)
    office.tick()
    server.mails.clear()
    clock.set("2027-04-16T23:00")
    office.tick()
    mail = server.to_person("ann")
    assert mail["Subject"] == "R/2026-27-Q4/north: “Awaited” is overdue"
    assert "Please see to it now, or say on its page what it waits for." in words(mail)


def test_what_went_on_or_stands_still_meanwhile_asks_nothing(office: Engine, server: Server) -> None:
    """A mail server was away for an hour; the reader is not sent after what is done."""
    item, other = report(office), report(office, "south")
    office.advance(item, "skip", actor="ann")
    office.hold(other, reason="its author is ill", actor="rob")
    office.tick()
    told = words(server.to_person("ann"))
    assert "ill" not in told.split()
    assert "south (Quarterly report, South Trust): “Awaited” is now with you; it is on hold.\n" in told
    assert "north (Quarterly report, North Trust): “Awaited” is now with you; it has gone on since.\n" in told


def test_many_notices_are_one_line_an_item_the_most_urgent_first(
    office: Engine, clock: FakeClock, server: Server
) -> None:
    """A week in which nobody looked: a reminder and that it is overdue are one thing to know."""
    report(office, "south")
    clock.set("2027-04-06T09:00")
    report(office)
    clock.set("2027-04-19T09:00")
    office.tick()
    mail = server.to_person("ann")
    assert mail["Subject"] == "QA workflow: 2 notices for you, 1 overdue"
    assert (
        words(mail)
        == f"""The most urgent comes first.

- R/2026-27-Q4/south (Quarterly report, South Trust): “Awaited” is overdue; it was due on Friday 16 April 2027 \
(1 working day overdue).
  {ADDRESS}/items/R/2026-27-Q4/south

- R/2026-27-Q4/north (Quarterly report, North Trust): a reminder of “Awaited”; it is due on Tuesday 20 April 2027 \
(1 working day left).
  {NORTH}

{NO_DETAIL}
"""
    )


def test_no_line_is_run_into_the_next_by_outlook(office: Engine, clock: FakeClock, server: Server) -> None:
    """It joins a long line with the next unless it ends a sentence, or that one begins with two spaces."""
    report(office)
    report(office, "south")
    clock.set("2027-04-20T09:00")
    office.tick()
    for mail in server.mails:
        lines = words(mail).split("\n")
        for line, following in pairwise(lines):
            assert line == "" or line.startswith("  ") or line[-1] in ".:?!" or following.startswith("  "), line


def test_an_address_that_is_refused_for_good_is_an_incident_at_once(office: Engine, server: Server) -> None:
    """Nothing is gained by a day of waiting; the others have their mail."""
    server.to["ann@example.org"] = "550 5.1.1 no such mailbox"
    report(office)
    office.tick()
    (incident,) = office.needing_a_person()
    assert incident.what == (
        "a notice for ann was not delivered: the mail server refuses the address ann@example.org for good (it said: "
        "550 5.1.1 no such mailbox); put it right in the governance file, then try again"
    )
    assert server.to_person("amy")
    server.to.clear()
    office.retry_incident(incident.number, actor="cher", reason="the mailbox is there now")
    office.tick()
    assert server.to_person("ann")


def test_a_mailbox_that_is_full_for_now_is_tried_again(office: Engine, clock: FakeClock, server: Server) -> None:
    server.to["ann@example.org"] = "452 4.2.2 mailbox full"
    report(office)
    office.tick()
    assert office.needing_a_person() == []
    (row,) = (row for row in office.outbox() if not row["done_at"])
    assert row["error"] == "the mail server does not take it for now (it said: 452 4.2.2 mailbox full)"
    server.to.clear()
    clock.advance(minutes=2)
    office.tick()
    assert server.to_person("ann")


def test_a_message_that_is_refused_for_good_is_an_incident_at_once(office: Engine, server: Server) -> None:
    server.data = "554 5.6.0 looks like spam"
    report(office)
    told = deliver(house_of(office), office._carriers)
    assert (told.messages, told.given_up) == (0, 2)
    assert "does not take this message to ann@example.org (it said: 554 5.6.0 looks like spam)" in (
        office.needing_a_person()[0].what
    )


def test_that_the_sender_is_refused_is_ours_to_mend_and_is_tried_again(office: Engine, server: Server) -> None:
    """Once the setting is right everything leaves by itself."""

    async def nobody(_server: Any, _session: Any, _envelope: Any, _address: str, _options: Any) -> str:
        return "553 5.1.8 who is that"

    server.handle_MAIL = nobody  # type: ignore[attr-defined]
    report(office)
    told = deliver(house_of(office), office._carriers)
    assert (told.failed, told.given_up) == (2, 0)
    errors = {row["error"] for row in office.outbox()}
    assert errors == {SENDER_REFUSED}


def test_without_an_address_of_the_pages_a_mail_says_so(
    tmp_path: Path, database_url: str, clock: FakeClock, carrier: MailCarrier, server: Server
) -> None:
    with opener(tmp_path, database_url, clock, carrier)() as office:
        report(office)
        deliver(replace(house_of(office), address=None), {"message": carrier})
    assert "Sign in to see it." in words(server.to_person("ann"))
    assert "http" not in words(server.to_person("ann"))


TWINS = """
workflow: twins
title: Read twice
reference: T/{number}
stages:
  reading:
    title: Reading
    parallel:
      join: all
      branches:
        first: {title: Read, owner: author, due: 5 working days after entry, transitions: {read: {}}}
        second: {title: Read, owner: author, due: 8 working days after entry, transitions: {read: {}}}
    transitions: {joined: {to: over}}
  over: {end: completed}
"""


def test_a_notice_is_about_its_own_stage_also_where_another_has_its_title(
    office: Engine, server: Server, clock: FakeClock, tmp_path: Path
) -> None:
    """Two branches are called the same: each has its own date, and its own line."""
    (tmp_path / "definitions" / "twins.yaml").write_text(TWINS)
    office.publish([tmp_path / "definitions"], actor=None)
    office.open("twins", actor="ann")
    clock.advance(minutes=1)
    office.tick()
    said = words(server.to_person("amy"))
    assert ("9 April 2027" in said, "14 April 2027" in said) == (True, True)


OWN_WORDS = """
workflow: letter
title: Letter
subject: provider
reference: L/{number}
stages:
  wait:
    owner: author
    transitions:
      tell:
        to: over
        effects: [{mail: reviewer, subject: "About {subject}", text: "{reference} of {subject} is done. WORDS"}]
  over: {end: completed}
""".replace("WORDS", " ".join(f"{word}: {{{word}}}" for word in MAIL_WORDS))


def test_a_mail_of_a_workflows_own_names_the_organisation(office: Engine, server: Server, tmp_path: Path) -> None:
    """By the title that people know it by, not by the short name in the files; each word for it is filled in."""
    definitions = tmp_path / "definitions"
    (definitions / "letter.yaml").write_text(OWN_WORDS, encoding="utf-8")
    office.publish([definitions], actor=None)
    item = office.open("letter", subject="north", actor="ann")
    office.tick()
    server.mails.clear()
    office.advance(item, "tell", actor="ann")
    office.tick()
    mail = server.to_person("rob")
    assert mail["Subject"] == "About North Trust"
    told = words(mail)
    assert told.startswith(f"{item.reference} of North Trust is done")
    assert "{" not in told
    assert f"link: {ADDRESS}/items/L/1" in told
