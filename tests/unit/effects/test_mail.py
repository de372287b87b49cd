"""Messages leave by SMTP, to a real server of the test's own; sent again, a message has the same identifier."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message as Mail
from email.parser import BytesParser
from pathlib import Path
from smtplib import SMTPNotSupportedError
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from qa_workflow.effects import MailCarrier, MailSettings
from qa_workflow.errors import UsageFault
from qa_workflow.service.ports.store import Message
from qa_workflow.service.sendings import why_not_sent


class Inbox:
    """Keeps what the server accepts; refuses when told to."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.refuses = False
        self.known: list[tuple[bytes, bytes]] = []
        """Name and password of each that has signed in."""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  the library's name
        if self.refuses:
            return "451 try again later"
        self.mails.append(BytesParser().parsebytes(envelope.content))
        return "250 accepted"

    def sign_in(self, _server: Any, _session: Any, _envelope: Any, _kind: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.known.append((given.login, given.password))
        return AuthResult(success=True)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def carrier(inbox: Inbox) -> Iterator[MailCarrier]:
    """A carrier to a server on a free port of this machine."""
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailCarrier(MailSettings("127.0.0.1", "qa-workflow@example.org", port))
    controller.stop()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for this machine that nobody vouches for but itself, with its key, in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
    signed = made.add_extension(here, critical=False).sign(key, SHA256())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("mail") / "certificate.pem"
    file.write_bytes(key.private_bytes(*form) + signed.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture(params=["starttls", "tls"])
def encrypted(request: pytest.FixtureRequest, inbox: Inbox, certificate: Path) -> Iterator[MailCarrier]:
    """A carrier with a password, to a server that takes mail only encrypted and from whom it knows."""
    shown = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    shown.load_cert_chain(certificate)
    security, port = str(request.param), free_port()
    if security == "starttls":
        wanted: dict[str, Any] = {"tls_context": shown, "require_starttls": True, "auth_required": True}
    else:  # the server does not know by itself that all it hears is encrypted
        wanted = {"ssl_context": shown, "auth_require_tls": False}
    controller = Controller(inbox, hostname="127.0.0.1", port=port, authenticator=inbox.sign_in, **wanted)
    controller.start()
    yield MailCarrier(MailSettings("127.0.0.1", "qa-workflow@example.org", port, security, "house", "secret"))
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


def test_a_message_and_the_password_travel_encrypted(
    encrypted: MailCarrier, inbox: Inbox, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To a server that has proved who it is, to somebody whom this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    encrypted.carry(MESSAGE)
    assert [mail["To"] for mail in inbox.mails] == ["quality-lead@example.org"]
    assert inbox.known == [(b"house", b"secret")]


def test_a_server_for_which_nobody_vouches_gets_neither_password_nor_message(
    encrypted: MailCarrier, inbox: Inbox
) -> None:
    """Anybody on the way could be that server."""
    with pytest.raises(ssl.SSLCertVerificationError):
        encrypted.carry(MESSAGE)
    assert (inbox.mails, inbox.known) == ([], [])


def test_what_is_to_be_encrypted_is_not_sent_to_a_server_that_cannot(carrier: MailCarrier, inbox: Inbox) -> None:
    """Who can leave out the server's offer on its way would read everything otherwise."""
    port = carrier._settings.port
    with pytest.raises(SMTPNotSupportedError):
        MailCarrier(MailSettings("127.0.0.1", "a@example.org", port, "starttls")).carry(MESSAGE)
    assert inbox.mails == []


@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_never_answers_is_waited_for_no_longer_than_so(
    security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever else waits to be sent would wait with it for ever."""
    monkeypatch.setattr("qa_workflow.effects.mail.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = MailSettings("127.0.0.1", "a@example.org", silent.getsockname()[1], security)
        with pytest.raises(OSError, match="timed out") as told:
            MailCarrier(settings).carry(MESSAGE)
    assert why_not_sent(told.value) == "the mail server does not answer in time"


@pytest.mark.parametrize(("security", "sender"), [("ssl", "a@example.org"), ("tls", "nobody")])
def test_settings_that_cannot_be_are_refused(security: str, sender: str) -> None:
    with pytest.raises(UsageFault):
        MailSettings("mail.example.org", sender, security=security)
