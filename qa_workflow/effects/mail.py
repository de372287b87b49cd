"""Messages by SMTP. One that is sent again carries the same `Message-ID`, so that a mail server can drop the repeat."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr

from qa_workflow.errors import UsageFault
from qa_workflow.service.ports.store import Message, Undeliverable
from qa_workflow.service.sendings import said

TIMEOUT = 20
"""Seconds to wait for the mail server at each step."""
_FOR_GOOD = 500


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where mail goes out. `security` is "none" (a server on this machine), "starttls" or "tls"."""

    host: str
    sender: str
    port: int = 25
    security: str = "none"
    user: str | None = None
    password: str | None = None

    def __post_init__(self) -> None:
        if self.security not in ("none", "starttls", "tls"):
            raise UsageFault(f"mail security {self.security!r} is not known; use none, starttls or tls")
        if "@" not in parseaddr(self.sender)[1]:
            raise UsageFault(f"{self.sender!r} is not an address that mail can be sent from")


class MailCarrier:
    """One connection a message: slow, and nothing to go stale."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    def carry(self, message: Message) -> None:
        """Hand the message to the server; an exception of `smtplib` or a connection error says why it could not.

        Raises:
            Undeliverable: the server refuses this address, or this message, for good (5xx; RFC 5321, 4.2.1). That it
                refuses the sender, or the password, is for us to mend, and then everything that waits leaves.
        """
        with self._connection() as server:
            try:
                server.send_message(compose(message, self._settings.sender))
            except smtplib.SMTPRecipientsRefused as refused:
                code, answer = next(iter(refused.recipients.values()))  # one message has one recipient
                raise _refused(
                    code,
                    answer,
                    f"the mail server refuses the address {message.address} for good",
                    "put it right in the governance file, then try again",
                ) from refused
            except smtplib.SMTPDataError as refused:
                raise _refused(
                    refused.smtp_code,
                    refused.smtp_error,
                    f"the mail server does not take this message to {message.address}",
                    "ask who looks after the mail server, then try again",
                ) from refused

    def _connection(self) -> smtplib.SMTP:
        s = self._settings
        if s.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                s.host, s.port, timeout=TIMEOUT, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(s.host, s.port, timeout=TIMEOUT)
        try:
            if s.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if s.user is not None:
                server.login(s.user, s.password or "")
        except BaseException:
            server.close()
            raise
        return server


def _refused(code: int, answer: bytes | str, what: str, mend: str) -> Exception:
    """For good, with what to do; or (4xx) for now."""
    if code < _FOR_GOOD:
        return smtplib.SMTPResponseException(code, answer)
    return Undeliverable(f"{what} ({said(code, answer)}); {mend}")


def compose(message: Message, sender: str) -> EmailMessage:
    """The message as mail; line breaks cannot get into its headers, nor what a header would decode into some."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = message.address
    mail["Subject"] = " ".join(message.subject.replace("=?", "= ?").split())[:200]
    domain = parseaddr(sender)[1].rpartition("@")[2]
    mail["Message-ID"] = f"<{message.key.replace(':', '.')}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail
