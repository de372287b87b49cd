"""Who asks, and what one keeps for oneself: lists under a name, lists as files, calendar feeds, the digest."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query
from starlette.responses import Response

from qa_workflow.service.boards import exporting, feeds, saved_views
from qa_workflow.service.boards.exporting import ITEMS, OVERDUE, Asked
from qa_workflow.service.boards.sheets import Format
from qa_workflow.service.lists.mine import mine
from qa_workflow.service.people.tokens import SCOPES
from qa_workflow.service.time import digest
from qa_workflow.web.api import cursors
from qa_workflow.web.api.describing import READING, WRITING, Described, answers
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.items import Onward, Wanted
from qa_workflow.web.api.models import desk as models
from qa_workflow.web.api.models.base import Gone, Nothing, Sha256
from qa_workflow.web.api.office import Late

door = ApiDoor("one's own desk", __doc__)
Page = Annotated[Literal["overdue", "items", "calendar"], Path(description="The page that the lists are of.")]
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILE: Described = answers(
    None,
    *WRITING,
    429,
    description="The list as a file.",
    content={form.media_type.partition(";")[0]: _BINARY for form in Format},
)


class ExportOverdue(models.Export):
    """The overdue board as a file, by the same filters."""

    filters: Late | None = None


class ExportItems(models.Export):
    """A list of items as a file, by the same filters."""

    filters: Wanted | None = None


@door.get("/me", responses=answers(models.Me, *READING))
def who_am_i(ask: Called) -> Response:
    """Who asks, and how far they reach."""
    person, governance = ask.world.person(ask.name), ask.world.governance
    told = {
        "person": person.name,
        "title": person.title,
        "organisation": person.organisation,
        "roles": list(ask.actor.roles),
        "rights": [right for right in governance.rights if ask.may(right)],
        "stands_in_for": [each.name for each in ask.actor.stands_in],
        "scopes": [scope for scope in SCOPES if ask.reaches(scope)],
        "sees_everything": ask.sight.everything,
        "now": ask.now,
    }
    return ask.tell(models.Me, told)


@door.get("/me/items", responses=answers(models.MyItems, *READING))
def list_my_items(ask: Called, which: Annotated[Onward, Query()]) -> Response:
    """What waits for who asks, with what is new, what came back and what can be done; what is due soonest first."""
    asked = {"list": "mine", "person": ask.name}
    after = cursors.read(which.cursor, asked) if which.cursor is not None else None
    found = mine(ask.house, ask.actor, ask.now, limit=which.limit, after=after)
    told = {
        "items": found.lines,
        "next": cursors.write(found.more, asked) if found.more else None,
        "total": found.waiting.number,
        "late": found.waiting_late.number,
        "new_since": found.lately,
    }
    return ask.tell(models.MyItems, told)


@door.get("/lists/{page}", responses=answers(models.SavedLists, *READING))
def list_saved_views(ask: Called, page: Page) -> Response:
    """The lists that one keeps for a page, by name."""
    return ask.tell(models.SavedLists, {"views": saved_views.of(ask.house, ask.name, page)})


@door.post("/lists/{page}/keep", responses=answers(models.SavedList, *WRITING))
def keep_view(ask: Called, page: Page, body: models.KeepList) -> Response:
    """Keep a list with its filters under a name, in place of the one that had it."""
    return ask.tell(models.SavedList, saved_views.keep(ask.house, ask.name, page, body.name, body.query))


@door.post("/lists/{page}/rename", responses=answers(models.SavedList, *WRITING, 404))
def rename_view(ask: Called, page: Page, body: models.RenameList) -> Response:
    """Give a list another name."""
    renamed = saved_views.rename(ask.house, ask.name, page, body.name, body.new)
    return ask.tell(models.SavedList, renamed)


@door.post("/lists/{page}/forget", responses=answers(Gone, *WRITING, 404))
def forget_view(ask: Called, page: Page, body: models.NamedList) -> Response:
    """Keep a list no longer."""
    saved_views.forget(ask.house, ask.name, page, body.name)
    return ask.tell(Gone, {"gone": True})


@door.post("/exports/overdue", response_class=Response, responses=_FILE)
def export_overdue(ask: Called, body: ExportOverdue) -> Response:
    """The overdue board as a file; ten within the hour, and each is on record."""
    words = body.filters.model_dump(exclude_none=True) if body.filters else {}
    return _exported(ask, Asked(OVERDUE, Format(body.format), words, ask.wall_now))


@door.post("/exports/items", response_class=Response, responses=_FILE)
def export_items(ask: Called, body: ExportItems) -> Response:
    """A list of items as a file; ten within the hour, and each is on record."""
    given = body.filters.model_dump(exclude_none=True) if body.filters else {}
    words = {name: str(value) for name, value in given.items() if value}
    return _exported(ask, Asked(ITEMS, Format(body.format), words, ask.wall_now))


@door.get("/feeds", responses=answers(models.Feeds, *READING))
def list_feeds(ask: Called) -> Response:
    """One's own calendar feeds, the latest first; their addresses are kept nowhere."""
    return ask.tell(models.Feeds, {"feeds": feeds.of(ask.house, ask.name)})


@door.post("/feeds", status_code=201, responses=answers(models.FeedGiven, *WRITING, status=201))
def give_feed(ask: Called, body: models.GiveFeed) -> Response:
    """A new feed, whose secret address is told this once and kept nowhere: if it is lost, take the feed back."""
    secret, feed = feeds.give(ask.house, ask.actor, body.about, now=ask.wall_now)
    return ask.tell(models.FeedGiven, {"feed": feed, "address": f"{ask.base}/feeds/{secret}.ics"}, 201)


@door.post("/feeds/{feed}/take-back", responses=answers(Gone, *WRITING, 404))
def take_feed_back(
    ask: Called,
    feed: Annotated[Sha256, Path(description="The identifier of a feed.")],
    body: Nothing,
) -> Response:
    """From now on the feed's address shows nothing."""
    del body
    feeds.take_back(ask.house, ask.name, feed)
    return ask.tell(Gone, {"gone": True})


@door.get("/digest", responses=answers(models.Digest, *READING))
def get_digest_choice(ask: Called) -> Response:
    """Whether one is sent the daily digest."""
    return ask.tell(models.Digest, {"wanted": digest.wants(ask.house, ask.name)})


@door.post("/digest", responses=answers(models.Digest, *WRITING))
def choose_digest(ask: Called, body: models.ChooseDigest) -> Response:
    """Be sent the daily digest from now on, or not."""
    digest.choose(ask.house, ask.name, wanted=body.wanted)
    return ask.tell(models.Digest, body)


def _exported(ask: Caller, asked: Asked) -> Response:
    found = exporting.export(ask.house, ask.actor, asked, ask.parts.sheets)
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"', "Cache-Control": "no-store"}
    return Response(found.content, media_type=found.media_type, headers=headers)
