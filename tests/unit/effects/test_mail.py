"""Messages leave by SMTP, to a real server of the test's own; sent again, a message has the same identifier."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email.message import Message as Mail
from email.parser import BytesParser
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from qa_workflow.effects import MailCarrier, MailSettings
from qa_workflow.errors import UsageFault
from qa_workflow.service.ports.store import Message


class Inbox:
    """Keeps what the server accepts; refuses when told to."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.refuses = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  the library's name
        if self.refuses:
            return "451 try again later"
        self.mails.append(BytesParser().parsebytes(envelope.content))
        return "250 accepted"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def carrier(inbox: Inbox) -> Iterator[MailCarrier]:
    """A carrier to a server on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailCarrier(MailSettings("127.0.0.1", "qa-workflow@example.org", port))
    controller.stop()


MESSAGE = Message(
    "abc:5:1", "quality-lead", "quality-lead@example.org", "PA/1: a review is overdue", "It was due.\n", ("PA/1",)
)


def test_a_message_arrives_with_its_subject_and_its_key(carrier: MailCarrier, inbox: Inbox) -> None:
    carrier.carry(MESSAGE)
    (mail,) = inbox.mails
    assert mail["To"] == "quality-lead@example.org"
    assert mail["Subject"] == "PA/1: a review is overdue"
    assert mail["Message-ID"] == "<abc.5.1@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert str(mail.get_payload()).strip() == "It was due."


def test_a_message_sent_again_has_the_same_identifier(carrier: MailCarrier, inbox: Inbox) -> None:
    """A mail server may drop the repeat."""
    carrier.carry(MESSAGE)
    carrier.carry(MESSAGE)
    assert {mail["Message-ID"] for mail in inbox.mails} == {"<abc.5.1@example.org>"}


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("a\nBcc: all@example.org", "a Bcc: all@example.org"),
        ("=?utf-8?q?a=0D=0ABcc:_all@example.org?=", "= ?utf-8?q?a=0D=0ABcc:_all@example.org?="),
    ],
    ids=["as it is", "encoded"],
)
def test_a_line_break_does_not_get_into_a_header(carrier: MailCarrier, inbox: Inbox, typed: str, sent: str) -> None:
    carrier.carry(Message("k:1:1", "x", "x@example.org", typed, "text", ()))
    (mail,) = inbox.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == sent


def test_a_refusal_of_the_server_is_an_exception_that_says_why(carrier: MailCarrier, inbox: Inbox) -> None:
    inbox.refuses = True
    with pytest.raises(Exception, match="try again later"):
        carrier.carry(MESSAGE)


def test_a_server_that_is_away_is_an_exception() -> None:
    with pytest.raises(OSError, match="refused"):
        MailCarrier(MailSettings("127.0.0.1", "a@example.org", 9)).carry(MESSAGE)


@pytest.mark.parametrize(("security", "sender"), [("ssl", "a@example.org"), ("tls", "nobody")])
def test_settings_that_cannot_be_are_refused(security: str, sender: str) -> None:
    with pytest.raises(UsageFault):
        MailSettings("mail.example.org", sender, security=security)
