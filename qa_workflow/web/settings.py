"""What the pages are told from outside: their own address, and whether this is the demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from qa_workflow.service.people.identities import IdentityProvider


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the pages are served.

    Attributes:
        url: the address that people type, as https://quality.example.org; None where the pages answer to whatever host
            they are asked by, as on one's own machine.
        demonstration: newcomers sign in as any of the people with one click; never true of a real database.
        metrics_token: what a scraper of /metrics shows; None where only this machine itself may ask.
        identity: where people sign in with an identity of another house (OpenID Connect); None where they do not.
    """

    url: str | None = None
    demonstration: bool = False
    identity: IdentityProvider | None = None
    metrics_token: str | None = None

    @property
    def is_secure(self) -> bool:
        """Whether people come by https, so that cookies are bound to it."""
        return self.url is not None and urlsplit(self.url).scheme == "https"

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; `__Host-` binds it to this very host, and needs https."""
        return "__Host-qa" if self.is_secure else "qa"
