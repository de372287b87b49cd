"""Messages by SMTP. One that is sent again carries the same `Message-ID`, so that a mail server can drop the repeat."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr

from qa_workflow.errors import UsageFault
from qa_workflow.service.ports.store import Message

TIMEOUT = 20
"""Seconds to wait for the mail server at each step."""


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
        """Hand the message to the server; an exception of `smtplib` or a connection error says why it could not."""
        with self._connection() as server:
            server.send_message(compose(message, self._settings.sender))

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


def compose(message: Message, sender: str) -> EmailMessage:
    """The message as mail; line breaks cannot get into its headers."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = message.address
    mail["Subject"] = " ".join(message.subject.split())[:200]
    domain = parseaddr(sender)[1].rpartition("@")[2]
    mail["Message-ID"] = f"<{message.key.replace(':', '.')}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail
