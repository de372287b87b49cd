"""One-time codes from an app (RFC 6238): six digits that change every 30 seconds, each of which counts once."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta

from qa_workflow.errors import Refusal

STEP = timedelta(seconds=30)
_SECRET = re.compile("[A-Z2-7]{32}")
_CODE = re.compile("[0-9]{6}")


class WrongCode(Refusal):
    """Not the code of this moment, or one that was used already."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__(
            "This is not the code of this moment, or it was used already. Wait for the next one in your app; "
            "if none is right, check that your phone sets its clock by itself"
        )


def new_secret() -> str:
    """160 random bits, in the letters and digits that apps take."""
    import pyotp

    return pyotp.random_base32(32)


def spaced(secret: str) -> str:
    """The secret in groups of four, as people type it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def is_secret(text: str) -> bool:
    """Whether this has the form of one of our secrets."""
    return _SECRET.fullmatch(text) is not None


def link(secret: str, person: str, title: str) -> str:
    """The otpauth address by which an app on the same device takes the secret over."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=person, issuer_name=title)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is: the present one, the one before or the next; None if of neither."""
    import pyotp

    typed = re.sub(r"[\s-]", "", code)
    if not _CODE.fullmatch(typed):
        return None
    present = int(now.timestamp()) // int(STEP.total_seconds())
    totp = pyotp.TOTP(secret)
    return next((s for s in (present, present - 1, present + 1) if _is(totp.generate_otp(s), typed)), None)


def _is(code: str, typed: str) -> bool:
    return hmac.compare_digest(code.encode(), typed.encode())
