"""The shapes of what one keeps for oneself: lists, files, feeds, the digest, keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from qa_workflow.web.api.models import Name, Sent, Told

FeedAbout = Annotated[str, StringConstraints(min_length=1, max_length=110)]


class KeyTold(Told):
    """A key that was given to a program."""

    id: str
    label: str
    scopes: list[str]
    created_at: datetime
    ends_at: datetime | None
    used_at: datetime | None


class Keys(Told):
    """The keys that one has given to programs."""

    keys: list[KeyTold]


class ViewTold(Told):
    """A list that one keeps: its name, and the words of the address that show it."""

    name: str
    query: str


class Views(Told):
    """The lists that one keeps for a page, by name."""

    views: list[ViewTold]


class KeepView(Sent):
    """A list to be kept, in place of the one that had this name."""

    name: Name
    query: str = Field("", max_length=1_000, examples=["workflow=provider_assurance&late_from=10"])


class RenameView(Sent):
    """Another name for a list."""

    name: Name
    new: Name


class NamedView(Sent):
    """The list that is meant."""

    name: Name


class Export(Sent):
    """What sort of file."""

    format: Literal["xlsx", "csv"] = "xlsx"


class GiveFeed(Sent):
    """What the feed is about: `mine`, or `body:` and the name of a body."""

    about: FeedAbout = Field("mine", examples=["body:governing_body"])


class FeedTold(Told):
    """A calendar feed that was given away; `id` names it and opens nothing."""

    id: str
    about: str
    created_at: datetime
    used_at: datetime | None


class Feeds(Told):
    """One's own feeds, the latest first."""

    feeds: list[FeedTold]


class FeedGiven(Told):
    """A new feed, with its secret address, which is told this once."""

    feed: FeedTold
    address: str


class Digest(Told):
    """Whether one is sent the daily digest."""

    wanted: bool


class ChooseDigest(Sent):
    """Whether one wants to be sent the daily digest."""

    wanted: bool
