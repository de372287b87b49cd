"""Messages into the log: the default where no mail server is set, and what a rehearsal uses."""

from __future__ import annotations

import logging

from qa_workflow.service.ports.store import Message

_LOG = logging.getLogger("qa_workflow.messages")


class LogCarrier:
    """Writes each message as one line; references only, no address."""

    def carry(self, message: Message) -> None:
        _LOG.info(
            "message %s to %s about %s: %s", message.key, message.recipient, ", ".join(message.items), message.subject
        )
