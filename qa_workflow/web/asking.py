"""Who asks, and for what: everything an endpoint needs, made once for each request."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from qa_workflow.calendar import local_date, long_date
from qa_workflow.clock import Clock
from qa_workflow.engine import Actor, Item, Sight
from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from qa_workflow.service.items.filling import Filler
from qa_workflow.service.people import sessions
from qa_workflow.service.people.sessions import SignedIn
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.service.time import rehearsing
from qa_workflow.service.world import World
from qa_workflow.web.forms import Form
from qa_workflow.web.render import Renderer
from qa_workflow.web.settings import WebSettings
from qa_workflow.wiring import Parts

SAID = "qa-said"
LIVE = "/live"
"""What open pages ask for by themselves."""
_SAID_MOST = 600


@dataclass(frozen=True, slots=True)
class Site:
    """What all requests share; kept on the application."""

    parts: Parts
    settings: WebSettings
    wall: Clock
    render: Renderer


class Ask:
    """One request: who asks, what they may see, and the ways of answering."""

    def __init__(self, request: Request, site: Site, *session: SignedIn | None) -> None:
        """Where a session is handed in, it is that one, or (None) nobody; else it is the one that the cookie names."""
        self.request, self.site = request, site
        if session:
            self.session = session[0]

    @cached_property
    def session(self) -> SignedIn | None:
        """Found out when something wants to know, for it asks the database."""
        cookie = self.request.cookies.get(self.site.settings.cookie)
        if not cookie:
            return None
        by_itself = self.request.url.path.startswith(LIVE)
        return sessions.find(self.house, cookie, now=self.site.wall.now(), by_itself=by_itself)

    @property
    def parts(self) -> Parts:
        return self.site.parts

    @property
    def engine(self) -> Engine:
        return self.site.parts.engine

    @property
    def house(self) -> House:
        return self.site.parts.house

    @property
    def person(self) -> str | None:
        """The name of who is signed in, all the way in."""
        return self.session.person if self.session is not None and self.session.level == "full" else None

    @property
    def name(self) -> str:
        """The same where a door has made sure that there is somebody."""
        assert self.person is not None
        return self.person

    @cached_property
    def now(self) -> datetime:
        """The clock of the work; read once, so that a page agrees with itself."""
        return self.house.now()

    @cached_property
    def wall_now(self) -> datetime:
        """The machine's clock, by which sessions live."""
        return self.site.wall.now()

    @property
    def is_rehearsal(self) -> bool:
        """Whether nothing here is real, and the clock can be pushed."""
        return rehearsing.is_rehearsal(self.house)

    @cached_property
    def world(self) -> World:
        """What is published."""
        with self.house.looking() as (_, world):
            return world

    @cached_property
    def today(self) -> date:
        """The local day of the work."""
        return local_date(self.now, self.world.governance.calendar.zone)

    @cached_property
    def actor(self) -> Actor:
        """Who is signed in, with roles and whom they stand in for today; nobody has no roles."""
        person = self.person
        if person is None or person not in self.world.governance.people:
            return Actor("")
        return self.world.actor(person, self.today)

    @cached_property
    def filler(self) -> Filler:
        """Whose forms these are."""
        return Filler(self.actor, self.world.governance)

    @cached_property
    def sight(self) -> Sight:
        """What they may see; every list, count and search is bounded by it."""
        return self.world.sight(self.actor)

    @property
    def is_away(self) -> str:
        """Why who is signed in sees nothing today: their first day is to come, or their last is past."""
        person = self.world.governance.people.get(self.person) if self.person is not None else None
        if person is None or person.is_active(self.today):
            return ""
        if person.until is not None and person.until < self.today:
            return f"Your last day here was {long_date(person.until)}, so you see nothing any more and can do nothing."
        assert person.start is not None
        return f"Your first day here is {long_date(person.start)}; until then you see nothing and can do nothing."

    def may(self, right: str) -> bool:
        """Whether they, or somebody they stand in for, hold a right of the governance file."""
        roles = self.world.governance.rights.get(right, ())
        return not self.actor.every_role.isdisjoint(roles)

    @property
    def base(self) -> str:
        """The address of the pages, as https://quality.example.org, for links that leave the house."""
        return (self.site.settings.url or str(self.request.base_url)).rstrip("/")

    @property
    def form(self) -> Form:
        """What was posted."""
        form: Form = self.request.state.form
        return form

    @property
    def is_fragment(self) -> bool:
        """Whether a part of the page is asked for, by a page that is open."""
        return self.request.headers.get("hx-request") == "true"

    def item(self, name: str) -> Item:
        """An item in sight; raises `UnknownItem`, the same for a foreign item and for none."""
        if "\0" in name:
            raise UnknownItem(name, ())  # no reference has it, and PostgreSQL does not take it as text
        with self.house.store.reading() as look:
            return look.item(name, self.sight).item

    def page(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
    ) -> Response:
        """A page, or a fragment of one."""
        text = self.site.render(template, {"ask": self, "said": self.said, **context})
        answer = HTMLResponse(text, status, headers=dict(headers or {}))
        if SAID in self.request.cookies and not self.is_fragment:
            self.drop_cookie(answer, SAID)
        return answer

    def go(self, path: str, *, said: str = "") -> Response:
        """To another page of ours, with a notice to be shown there."""
        answer = RedirectResponse(quote(path, safe="/?&=%#+:;,"), 303)
        if said:
            kept = base64.urlsafe_b64encode(said[:_SAID_MOST].encode()).decode()
            self.keep_cookie(answer, SAID, kept, lasts=60)
        return answer

    def keep_cookie(self, answer: Response, name: str, value: str, *, lasts: int | None = None) -> None:
        """Have the browser keep something for `lasts` seconds, or until it is closed. No script can read it.

        Lax and not strict: it comes along when a link, or an identity provider, leads here from another site.
        """
        secure = self.site.settings.is_secure
        answer.set_cookie(name, value, max_age=lasts, path="/", httponly=True, samesite="lax", secure=secure)

    def drop_cookie(self, answer: Response, name: str) -> None:
        """Have the browser forget it; with the marks that it was kept with, or a browser may not."""
        secure = self.site.settings.is_secure
        answer.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=secure)

    @property
    def said(self) -> str:
        """The notice that is to be shown on this page: what came of the form before it."""
        try:
            return base64.urlsafe_b64decode(self.request.cookies.get(SAID, "").encode()).decode()[:_SAID_MOST]
        except ValueError:
            return ""


def asked(request: Request) -> Ask:
    """Who asks."""
    ask = Ask(request, request.app.state.site)
    request.state.ask = ask  # for the log of requests: it tells the roles of who asked, once they were found out
    return ask


async def _asked(request: Request) -> Ask:
    """The same without a thread: nothing is asked of the database yet."""
    return asked(request)


Asked = Annotated[Ask, Depends(_asked)]
