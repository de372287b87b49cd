"""Why a message could not be handed over, in words for whoever looks after the program."""

from __future__ import annotations

import errno
import re
import smtplib
import socket
from collections.abc import Sequence

LONGEST = 200
"""Characters that are kept of what a mail server said."""
_NUMBER = re.compile(r"\[Errno -?\d+\] ")
_KINDS: Sequence[tuple[type[Exception], str]] = (
    (ConnectionRefusedError, "the mail server refuses connections; see that it runs, and that its port is right"),
    (TimeoutError, "the mail server does not answer in time"),
    (socket.gaierror, "the name of the mail server is not known; see that its address is right"),
    (smtplib.SMTPAuthenticationError, "the mail server does not accept the user name and password"),
    (smtplib.SMTPServerDisconnected, "the mail server closed the connection"),
    (ConnectionError, "the connection to the mail server broke off"),
)
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH})


def why_not_sent(fault: Exception) -> str:
    """One reason, the same for all messages that have it; what has no words here stays as it was told."""
    if isinstance(fault.__context__, TimeoutError):
        fault = fault.__context__  # the library says of a server that was silent that it closed the connection
    for kind, words in _KINDS:
        if isinstance(fault, kind):
            return words
    if isinstance(fault, smtplib.SMTPSenderRefused):
        answer = said(fault.smtp_code, fault.smtp_error)
        return f"the mail server does not take mail from {fault.sender} ({answer}); see that the sender is right"
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"the mail server does not take it for now ({said(fault.smtp_code, fault.smtp_error)})"
    if isinstance(fault, OSError) and fault.errno in _UNREACHABLE:
        return "the mail server cannot be reached from here"
    return f"{type(fault).__name__}: {_NUMBER.sub('', str(fault))}"


def said(code: int, answer: bytes | str) -> str:
    """What a mail server answered, on one line."""
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"it said: {code} {' '.join(words.split())[:LONGEST]}"
