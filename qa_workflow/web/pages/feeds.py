"""Calendar feeds: secret addresses that calendar programs read; given away, looked through, taken back."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from qa_workflow.definition.governance import Person
from qa_workflow.service.boards import feeds
from qa_workflow.service.boards.feeds import BODIES, BODY, MINE, NoSuchFeed
from qa_workflow.service.boards.overdue import office_choices
from qa_workflow.service.time import digest
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import PUBLIC, SIGNED_IN, Door

door = Door()


@door.get("/feeds", SIGNED_IN)
def listed(ask: Asked) -> Response:
    """One's own feeds, and the form for another."""
    return _page(ask)


@door.post("/feeds", SIGNED_IN)
def change(ask: Asked) -> Response:
    """Give a feed away, whose address is shown this once; or take one back."""
    if ask.form.text("do") == "take_back":
        feeds.take_back(ask.house, ask.name, ask.form.text("feed"))
        return ask.go("/feeds", said="The feed is taken back: its address shows nothing any more.")
    secret, feed = feeds.give(ask.house, ask.actor, ask.form.text("about") or MINE, now=ask.wall_now)
    return _page(ask, address=f"{ask.base}/feeds/{secret}.ics", fresh=feed.id)


@door.get("/feeds/{file}", PUBLIC)
def feed(ask: Asked, file: str) -> Response:
    """What a calendar program reads; whoever has the address, and nobody else."""
    secret, dot, ending = file.rpartition(".")
    try:
        if (dot, ending) != (".", "ics"):
            raise NoSuchFeed
        content = feeds.read(ask.house, secret, ask.parts.calendars, now=ask.wall_now, base=ask.base)
    except NoSuchFeed:
        return PlainTextResponse("There is no feed at this address; it may have been taken back.\n", 404)
    headers = {"Cache-Control": "private, max-age=300", "Content-Disposition": 'inline; filename="qa-workflow.ics"'}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


@door.get("/digest", SIGNED_IN)
def digest_choice(ask: Asked) -> Response:
    """Whether one is sent the daily digest."""
    return ask.page("calendar/digest.html", wanted=digest.wants(ask.house, ask.name), person=_person(ask))


@door.post("/digest", SIGNED_IN)
def digest_chosen(ask: Asked) -> Response:
    """Send it from now on, or do not."""
    wanted = ask.form.text("wanted") == "yes"
    digest.choose(ask.house, ask.name, wanted=wanted)
    return ask.go(
        "/digest", said="The digest will be sent to you." if wanted else "The digest will not be sent to you."
    )


def _person(ask: Ask) -> Person | None:
    return ask.world.governance.people.get(ask.name)


def _page(ask: Ask, *, address: str = "", fresh: str = "") -> Response:
    bodies = office_choices(ask.house, ask.actor, ask.now).bodies
    titles = {MINE: "My dates", **{f"{BODY}{name}": title for name, title in bodies}}
    if bodies:
        titles[BODIES] = "All bodies"
    return ask.page(
        "calendar/feeds.html",
        feeds=feeds.of(ask.house, ask.name),
        titles=titles,
        mine=MINE,
        address=address,
        fresh=fresh,
    )
