"""OpenID Connect: signing in with an identity of another house, by authorization code with PKCE.

What a sign-in under way must remember stands in a cookie of the browser that began it, so that nobody finishes what
another began. What comes back is believed only if the state is that cookie's, and the identity token is signed by the
provider, for us, now, and for this very attempt. Whom it stands for here is for `service/people/identities.py` to say.
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.common.urls import add_params_to_uri
from authlib.integrations.httpx_client import OAuth2Client, OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from qa_workflow.errors import Refusal
from qa_workflow.service.people.identities import IdentityProvider

log = logging.getLogger(__name__)
TIMEOUT = 10
LEEWAY = 60
"""Seconds by which two houses' clocks may differ."""
ALGORITHMS = ("RS256", "PS256", "ES256")
LASTS = 600
"""Seconds that somebody may take at the provider."""
BACK = "/sign-in/identity/back"
OUT = "/sign-in/identity/out"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
ADDRESSES = (*NEEDED, "userinfo_endpoint", "end_session_endpoint")
"""What a provider says of where to go; the last two it need not have."""
CAME = "qa-came"
"""The cookie of a browser in which somebody came in this way: their session over there may outlast the one here."""


class NotProved(Refusal):
    """What came back from the provider proves nothing: forged, late, of another browser, or refused over there."""

    code = "identity_not_proved"

    def __init__(self) -> None:
        super().__init__(
            "Signing in over there did not come to its end: it took too long, was stopped, or was begun in another "
            "window. Nothing was changed; begin again"
        )


class ProviderAway(Refusal):
    """The provider does not answer, or not as it should."""

    code = "provider_away"

    def __init__(self, title: str) -> None:
        super().__init__(
            f"{title} cannot be reached at this moment. Try again in a few minutes, or ask an administrator"
        )


@dataclass(frozen=True, slots=True)
class Way:
    """One sign-in under way. `kept` names what was typed, kept until it can be sent."""

    state: str
    nonce: str
    verifier: str
    next: str = "/"
    kept: str = ""

    def cookie(self) -> str:
        """As the browser keeps it."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()


def way_of(cookie: str) -> Way | None:
    """What a cookie says; None for none, or for what was not written here."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cookie.encode()))
        way = Way(**found)
    except (ValueError, TypeError, RecursionError):
        return None
    return way if all(isinstance(value, str) for value in asdict(way).values()) and way.state else None


class Provider:
    """One provider, as it describes itself; asked once, and again when it signs with a key that is not known."""

    def __init__(self, settings: IdentityProvider) -> None:
        self.settings = settings
        self._lock = Lock()
        self._about: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None

    def begin(self, redirect: str, *, going: str, kept: str) -> tuple[str, Way]:
        """Where to send the browser, and what it must remember."""
        way = Way(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), going, kept)
        with self._client(redirect) as client:
            address, _ = client.create_authorization_url(
                self._described()["authorization_endpoint"],
                state=way.state,
                nonce=way.nonce,
                code_verifier=way.verifier,
            )
        return str(address), way

    def finish(self, redirect: str, way: Way | None, given: Mapping[str, str], now: datetime) -> Mapping[str, Any]:
        """What the provider says of who signed in, once it is proved.

        Raises:
            NotProved, ProviderAway
        """
        if way is None or not hmac.compare_digest(given.get("state", "").encode(), way.state.encode()):
            raise NotProved
        if "code" not in given:
            raise NotProved
        about = self._described()
        try:
            with self._client(redirect) as client:
                token = client.fetch_token(
                    about["token_endpoint"],
                    grant_type="authorization_code",
                    code=given["code"],
                    code_verifier=way.verifier,
                )
                claims = self._proved(token["id_token"], way.nonce, now)
                beside = about.get("userinfo_endpoint")
                if self.settings.person_claim not in claims and beside:
                    claims = self._more(client, beside, claims)
        except (OAuthError, JoseError, KeyError, ValueError, TypeError) as fault:
            log.warning("identity not proved: %s", type(fault).__name__)
            raise NotProved from fault
        except httpx2.HTTPError as fault:
            raise self._away(fault) from fault
        return claims

    def way_out(self) -> str | None:
        """Where somebody ends their session over there; None where the provider has no such page, or is away.

        The provider asks them once more, and stays on a page of its own: neither needs to be registered there.
        Source: OpenID Connect RP-Initiated Logout 1.0.
        """
        try:
            address = self._described().get("end_session_endpoint")
        except ProviderAway:
            return None
        return str(add_params_to_uri(address, {"client_id": self.settings.client})) if address else None

    def _proved(self, token: str, nonce: str, now: datetime) -> Mapping[str, Any]:
        """The claims of an identity token, if all is as it must be; else a `JoseError` or a `ValueError`."""
        try:
            decoded = jwt.decode(token, self._signing_keys(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            decoded = jwt.decode(token, self._signing_keys(anew=True), algorithms=ALGORITHMS)
        options = {
            "iss": {"essential": True, "value": self.settings.issuer},
            "aud": {"essential": True, "value": self.settings.client},
            "nonce": {"essential": True, "value": nonce},
            "sub": {"essential": True},
        }
        claims = CodeIDToken(
            decoded.claims, decoded.header, options, {"nonce": nonce, "client_id": self.settings.client}
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        if claims.get("nonce") != nonce:
            raise ValueError("another attempt's token")
        return dict(claims)

    def _more(self, client: OAuth2Client, endpoint: str, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """With what the provider tells beside the token; about the same person only."""
        answer = client.get(endpoint)
        answer.raise_for_status()
        told = answer.json()
        if not isinstance(told, dict) or told.get("sub") != claims["sub"]:
            raise ValueError("told of somebody else")
        return {**told, **claims}

    def _described(self) -> Mapping[str, Any]:
        with self._lock:
            if self._about is None:
                about = self._fetch(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
                if about.get("issuer") != self.settings.issuer:
                    log.error("the provider calls itself otherwise than the setting QA_WORKFLOW_IDENTITY_ISSUER does")
                    raise ProviderAway(self.settings.title)
                wrong = [name for name in ADDRESSES if not _leads_somewhere(about.get(name), needed=name in NEEDED)]
                if wrong:
                    log.error("the provider describes itself without an address as its %s", " and ".join(wrong))
                    raise ProviderAway(self.settings.title)
                self._about = about
            return self._about

    def _signing_keys(self, *, anew: bool = False) -> KeySet:
        address = self._described()["jwks_uri"]
        with self._lock:
            if self._keys is None or anew:
                self._keys = KeySet.import_key_set(self._fetch(address))  # type: ignore[arg-type]
            return self._keys

    def _fetch(self, address: str) -> dict[str, Any]:
        try:
            answer = httpx2.get(address, timeout=TIMEOUT)
            answer.raise_for_status()
            found = answer.json()
        except (httpx2.HTTPError, ValueError) as fault:
            raise self._away(fault) from fault
        if not isinstance(found, dict):
            raise ProviderAway(self.settings.title)
        return found

    def _away(self, fault: Exception) -> ProviderAway:
        log.warning("the identity provider cannot be reached: %s", type(fault).__name__)
        return ProviderAway(self.settings.title)

    def _client(self, redirect: str) -> OAuth2Client:
        return OAuth2Client(
            self.settings.client,
            self.settings.secret,
            scope=self.settings.scopes,
            redirect_uri=redirect,
            code_challenge_method="S256",
            timeout=TIMEOUT,
        )


def _leads_somewhere(address: object, *, needed: bool) -> bool:
    """Whether it is an address of a page; or nothing, where that is enough."""
    if address is None:
        return not needed
    try:
        return isinstance(address, str) and urlsplit(address).scheme in ("https", "http")
    except ValueError:
        return False
