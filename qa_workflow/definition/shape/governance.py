"""The accepted keys of the governance file: organisations, bodies, meetings, calendars, roles, scales, people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StringConstraints

from qa_workflow.definition.shape.workflow import Due, Identifier, Names, RightsShape, RuleText, Shape, Text

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
PERSON = r"^[a-z][a-z0-9-]*$"
ADDRESS = r"^[^\s@<>()\",;:\\?]+@[^\s@<>()\",;:\\?]+\.[^\s@<>()\",;:\\?.]+$"
"""Of one mailbox: a comma or a bracket would make several readers of it, or another one; "=?" begins coded text."""
Day = Annotated[str, StringConstraints(pattern=DAY)]
TimeOfDay = Annotated[str, StringConstraints(pattern=TIME_OF_DAY)]
PersonName = Annotated[str, StringConstraints(pattern=PERSON, max_length=60)]
Address = Annotated[str, StringConstraints(pattern=ADDRESS, max_length=254)]


class CalendarShape(Shape):
    """Whose days are working days: England's bank holidays, and the organisation's own table."""

    title: Text | None = Field(None, description="what people read")
    time_zone: Text | None = Field(None, description="where it is; Europe/London if left out")
    weekend: list[Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]] | None = Field(
        None, description="days of the week that are not worked; Saturday and Sunday if left out"
    )
    region: Literal["ENG", "WLS", "SCT", "NIR"] | None = Field(
        None, description="the part of the United Kingdom whose bank holidays are not worked; ENG if left out"
    )
    proclaimed: dict[Day, Text] | None = Field(
        None, description="bank holidays proclaimed after this program was made, by date"
    )
    withdrawn: dict[Day, Text] | None = Field(
        None, description="bank holidays that were moved away or called off, by date"
    )
    closures: dict[Day, Text] | None = Field(
        None, description="own closed days, by date; they leave the FOI count alone"
    )
    openings: dict[Day, Text] | None = Field(None, description="days worked although the calendar says otherwise")


class RoleShape(Shape):
    """A capacity in which people act."""

    title: Text = Field(description="what people read")
    about: Text | None = Field(None, description="what it does")
    scope: Literal["all", "own organisation"] | None = Field(
        None,
        description="`own organisation`: acts only on (and sees only) items about the person's own; `all` if left out",
    )


class LevelShape(Shape):
    """One level of a scale, best first."""

    value: Identifier = Field(description="what is stored and compared")
    title: Text = Field(description="what people read")
    meaning: Text = Field(description="the definition shown at the point of choice")


class ScaleShape(Shape):
    """An agreed scale, used in the same words everywhere."""

    title: Text = Field(description="what people read")
    levels: list[LevelShape] = Field(description="from best to worst")


class NameShape(Shape):
    """What an organisation or a body was called, and when."""

    title: Text = Field(description="the name")
    start: Day | None = Field(None, alias="from", description="first day of this name")
    until: Day | None = Field(None, alias="to", description="last day of this name")


class OrganisationShape(Shape):
    """A provider, practice, commissioner, council, …; with the days from and to which it exists."""

    title: Text = Field(description="its present (or last) name")
    kind: Identifier = Field(description="provider, practice, commissioner, …")
    start: Day | None = Field(None, alias="from", description="first day")
    until: Day | None = Field(None, alias="to", description="last day")
    names: list[NameShape] | None = Field(
        None, description="earlier names; a history is read under the name of its day"
    )
    successor: Identifier | None = Field(None, description="the organisation that took over")
    aliases: list[Text] | None = Field(None, description="other words people use for it")


class MeetsShape(Shape):
    """A meeting series."""

    rule: Text = Field(description="recurrence in the form of RFC 5545, as `FREQ=MONTHLY;INTERVAL=2;BYDAY=4TH`")
    start: Day = Field(alias="from", description="first day of the series")
    until: Day | None = Field(None, alias="to", description="last day of the series")
    at: TimeOfDay = Field(description="local time it begins")
    place: Text | None = Field(None, description="where")
    on_holiday: Literal["keep", "skip", "next working day", "previous working day"] | None = Field(
        None, description="what happens when it falls on a day that is not worked; `keep` if left out"
    )
    excluding: list[Day] | None = Field(None, alias="except", description="days on which it does not meet")
    extra: dict[Day, Text] | None = Field(None, description="further meetings: day and why")
    moved: dict[Day, Day] | None = Field(None, description="planned day: day it is held")


class BodyShape(Shape):
    """A group or committee that meets."""

    title: Text = Field(description="its present name")
    kind: Identifier | None = Field(None, description="for several bodies of one sort: `cqrg`")
    about: Text | None = Field(None, description="its remit, in a sentence")
    reports_to: Identifier | None = Field(None, description="the body above")
    also_reports_to: list[Identifier] | None = Field(None, description="a second way up")
    organisation: Identifier | None = Field(None, description="whose body it is")
    reviews: list[Identifier] | None = Field(
        None, description="the organisations (or kinds) it reviews, for `… for subject`"
    )
    chair: Identifier | None = Field(None, description="role of its chair")
    secretary: Identifier | None = Field(None, description="role of its secretary")
    papers: Due | None = Field(None, description="when papers are due, usually `5 clear working days before meeting`")
    minutes: Due | None = Field(None, description="when draft minutes are due, for people to read")
    meets: MeetsShape | None = Field(None, description="when it meets")
    capacity: Annotated[StrictInt, Field(ge=1, le=1000)] | None = Field(
        None, description="how many items one meeting takes at the most"
    )
    quorum: Text | None = Field(None, description="in words, for the agenda")
    session: Literal["public", "private"] | None = Field(None, description="whether it meets in public")
    start: Day | None = Field(None, alias="from", description="first day")
    until: Day | None = Field(None, alias="to", description="last day")
    names: list[NameShape] | None = Field(None, description="earlier names")
    successor: Identifier | None = Field(None, description="the body that took over")
    aliases: list[Text] | None = Field(None, description="other words people use for it")


class PersonShape(Shape):
    """Somebody who acts, in the demonstration; named by role, never by a person's name."""

    title: Text = Field(description="what people read")
    roles: Names = Field(description="the roles they hold")
    organisation: Identifier | None = Field(
        None, description="where they work; bounds what `own organisation` roles reach"
    )
    email: Address | None = Field(None, description="where messages go, as `name@example.org`")
    start: Day | None = Field(None, alias="from", description="first day")
    until: Day | None = Field(None, alias="to", description="last day")
    covers: dict[PersonName, RuleText] | None = Field(
        None, description="for whom they stand in, and the days, as `2027-08-02 to 2027-08-13`"
    )


class GovernanceShape(Shape):
    """A governance file."""

    governance: Identifier = Field(description="its name")
    title: Text = Field(description="what people read")
    organisation: Identifier | None = Field(None, description="the commissioner whose governance this is")
    calendars: dict[Identifier, CalendarShape] = Field(description="the first is the usual one")
    roles: dict[Identifier, RoleShape] = Field(description="who may be named in `owner`, `by`, `to`")
    rights: RightsShape | None = Field(
        None, description="what roles may do beyond transitions, unless a workflow says otherwise"
    )
    scales: dict[Identifier, ScaleShape] | None = Field(None, description="agreed scales for choices")
    organisations: dict[Identifier, OrganisationShape] = Field(description="with dates from and to")
    bodies: dict[Identifier, BodyShape] = Field(description="groups and committees, and whom each reports to")
    people: dict[PersonName, PersonShape] | None = Field(None, description="the demonstration's people")
