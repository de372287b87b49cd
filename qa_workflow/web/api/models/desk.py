"""The shapes of what one keeps for oneself: lists, files, feeds, the digest, keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from qa_workflow.web.api.models.base import Instant, Name, Sent, Told

FeedAbout = Annotated[str, StringConstraints(min_length=1, max_length=110)]


class Key(Told):
    """A key that was given to a program."""

    id: str
    label: str
    scopes: list[Literal["read", "act", "administer"]]
    created_at: Instant
    ends_at: Instant | None
    used_at: Instant | None


class Keys(Told):
    """The keys that one has given to programs."""

    keys: list[Key]


class SavedList(Told):
    """A list that one keeps: its name, and the words of the address that show it."""

    name: str
    query: str


class SavedLists(Told):
    """The lists that one keeps for a page, by name."""

    views: list[SavedList]


class KeepList(Sent):
    """A list to be kept, in place of the one that had this name."""

    name: Name
    query: str = Field("", max_length=1_000, examples=["workflow=provider_assurance&late_from=10"])


class RenameList(Sent):
    """Another name for a list."""

    name: Name
    new: Name


class NamedList(Sent):
    """The list that is meant."""

    name: Name


class Export(Sent):
    """What sort of file."""

    format: Literal["xlsx", "csv"] = "xlsx"


class GiveFeed(Sent):
    """What the feed is about: `mine`, `bodies` (all of them), or `body:` and the name of one."""

    about: FeedAbout = Field("mine", examples=["body:governing_body"])


class Feed(Told):
    """A calendar feed that was given away; `id` names it and opens nothing."""

    id: str
    about: str
    created_at: Instant
    used_at: Instant | None


class Feeds(Told):
    """One's own feeds, the latest first."""

    feeds: list[Feed]


class FeedGiven(Told):
    """A new feed, with its secret address, which is told this once."""

    feed: Feed
    address: str


class Digest(Told):
    """Whether one is sent the daily digest."""

    wanted: bool


class ChooseDigest(Sent):
    """Whether one wants to be sent the daily digest."""

    wanted: bool
