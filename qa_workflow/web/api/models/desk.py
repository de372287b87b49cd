"""The shapes of who asks, and of what one keeps for oneself: lists, files, feeds, the digest, keys."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from qa_workflow.web.api.models.base import Instant, ItemId, Name, Sent, Told

FeedAbout = Annotated[str, StringConstraints(min_length=1, max_length=110)]


class MyStep(Told):
    """A step that one may make; `is_stopped` where a condition stands against it that its own fields cannot mend."""

    trigger: str = Field(validation_alias="name")
    path: str = Field(validation_alias="trigger")
    title: str
    is_stopped: bool


class CameIn(Told):
    """That an item is new where it is: since which day, and by whom; null where it was opened there."""

    on: date
    by: str | None


class SentBack(Told):
    """That an item was sent back to where it is: when, by whom, and why; empty where no reason was given."""

    on: date
    by: str
    why: str


class MyItem(Told):
    """An item that waits for who asks, as My items shows it.

    `came_in` says that it is new since the working day before, `returned` that it was sent back, `meets_on` when the
    body before which it is meets next. `covered` is for whom one stands in; `kept` are steps that four eyes keep for
    somebody else: with those alone (`is_left_to_others`) it waits for a second person.
    """

    id: ItemId
    reference: str
    revision: int
    workflow: str
    title: str
    gist: str
    subject: str | None
    subject_title: str | None
    period: str | None
    stage: str | list[str]
    stage_title: str = Field(validation_alias="stage_words")
    status: str
    due_on: date | None
    first_due_on: date | None = Field(validation_alias="first_on")
    time_left: str = Field(validation_alias="left")
    overdue: bool = Field(validation_alias="is_overdue")
    meets_on: date | None
    came_in: CameIn | None
    returned: SentBack | None
    covered: str | None
    is_left_to_others: bool
    kept: list[str]
    steps: list[MyStep]


class MyItems(Told):
    """A page of what waits for who asks; of several pages, `total` and `late` count what is left to others, too.

    Counting stops at 1000. What came in on `new_since` or later is new.
    """

    items: list[MyItem]
    next: str | None
    total: int
    late: int
    new_since: date


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


class Me(Told):
    """Who asks: a person, through which roles and rights, for whom they stand in, and how far the key reaches."""

    person: str
    title: str
    organisation: str | None
    roles: list[str]
    rights: list[str]
    stands_in_for: list[str]
    scopes: list[str]
    sees_everything: bool
    now: Instant
