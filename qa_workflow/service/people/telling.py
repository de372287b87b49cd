"""Mail about somebody's own account: at once and past the outbox, whose rows are kept; no names, no case detail."""

from __future__ import annotations

import logging
from datetime import datetime
from hashlib import sha256

from qa_workflow.definition.governance import Person
from qa_workflow.service.ports.store import Carrier, Message, Undeliverable
from qa_workflow.service.sendings import why_not_sent

log = logging.getLogger(__name__)


def carry(post: Carrier, message: Message) -> str | None:
    """Why it could not be sent; None if it was."""
    try:
        post.carry(message)
    except Undeliverable as refused:
        return str(refused)
    except Exception as fault:  # noqa: BLE001  a carrier may fail in any way; what was done is done
        return why_not_sent(fault)
    return None


def tell(post: Carrier | None, person: Person, address: str | None, subject: str, text: str, *, now: datetime) -> None:
    """Tell somebody what was done to their account; where mail does not go, it stands in the history all the same."""
    if post is None or address is None:
        return
    key = sha256(f"{person.name}|{subject}|{now.isoformat()}".encode()).hexdigest()[:32]
    if carry(post, Message(f"account:{key}", person.name, address, subject, text)) is not None:
        log.warning("a message about an account was not sent")  # why may name an address, which no log does
