"""What really leaves the house: messages by SMTP, or into a log where there is no mail server."""

from qa_workflow.effects.log import LogCarrier
from qa_workflow.effects.mail import MailCarrier, MailSettings

__all__ = ["LogCarrier", "MailCarrier", "MailSettings"]
