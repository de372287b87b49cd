"""What the house is made of: who asks, people, workflows with their versions, bodies and when they meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import JSONResponse, Response

from qa_workflow.definition import Workflow
from qa_workflow.definition.governance import Person
from qa_workflow.definition.model import FieldType
from qa_workflow.definition.pictures.diagram import as_mermaid, as_text
from qa_workflow.definition.pictures.picture import as_svg
from qa_workflow.definition.shape.schema import governance_schema, workflow_schema
from qa_workflow.service.definitions import publishing
from qa_workflow.service.house import House
from qa_workflow.service.items import meetings
from qa_workflow.service.items import once as keeping
from qa_workflow.service.items.meetings import Redated
from qa_workflow.service.knowing import may_know
from qa_workflow.service.people.tokens import SCOPES
from qa_workflow.service.ports.store import Definition
from qa_workflow.service.world import WORKFLOW, World
from qa_workflow.web.api.conditions import Key, answered
from qa_workflow.web.api.describing import READING, WRITING, answers, once
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.models import house as models
from qa_workflow.web.api.models.base import Schema
from qa_workflow.web.api.patients import look_through
from qa_workflow.web.statuses import NotThere

door = ApiDoor("the house", __doc__)
OF_SOMETHING = (*READING, 404)
YAML = {"application/yaml": {"schema": {"description": "The text; what it means is said by its own schema."}}}
Named = Annotated[
    str,
    Path(min_length=1, max_length=100, pattern="^[A-Za-z0-9_-]+$", description="A name.", examples=["governing_body"]),
]
Number = Annotated[int, Path(ge=1, le=10**6, description="The number of a version.", examples=[1])]


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


@door.get("/people", right="see_all", responses=answers(models.People, *READING))
def list_people(ask: Called) -> Response:
    """Everybody who acts, or did; whom work can be given to."""
    return ask.tell(models.People, {"people": [about(each, ask) for each in ask.world.governance.people.values()]})


@door.get("/workflows", right="see_all", responses=answers(models.Workflows, *READING))
def list_workflows(ask: Called) -> Response:
    """Every workflow that is published, at its newest version."""
    return ask.tell(models.Workflows, {"workflows": [_workflow(ask, name) for name in sorted(ask.world.latest)]})


@door.get("/workflows/{name}", right="see_all", responses=answers(models.Workflow, *OF_SOMETHING))
def get_workflow(ask: Called, name: Named) -> Response:
    """One workflow, at its newest version."""
    _versions(ask.world, name)
    return ask.tell(models.Workflow, _workflow(ask, name))


@door.get("/workflows/{name}/versions", right="see_all", responses=answers(models.Versions, *OF_SOMETHING))
def list_versions(ask: Called, name: Named) -> Response:
    """Every version of a workflow, the newest first; items keep the one they were opened with."""
    return ask.tell(models.Versions, {"versions": proposed(ask, _versions(ask.world, name))})


@door.get("/workflows/{name}/versions/{version}", right="see_all", responses=answers(models.Definition, *OF_SOMETHING))
def get_version(ask: Called, name: Named, version: Number) -> Response:
    """One version, taken apart: its fields and its stages."""
    definition = _one(ask.world, name, version)
    workflow = ask.world.workflow(definition.hash)
    told: dict[str, Any] = {"name": workflow.name, "title": workflow.title}
    told["version"] = proposed(ask, [definition])[0]
    told |= {"fields": list(_fields(workflow)), "stages": list(_stages(workflow))}
    return ask.tell(models.Definition, told)


@door.get(
    "/workflows/{name}/versions/{version}/source",
    right="see_all",
    response_class=Response,
    responses=answers(None, *OF_SOMETHING, content=YAML),
)
def get_source(ask: Called, name: Named, version: Number) -> Response:
    """The text of a version, byte for byte as it was published."""
    return Response(_one(ask.world, name, version).source, media_type="application/yaml")


@door.get(
    "/workflows/{name}/versions/{version}/picture",
    right="see_all",
    response_class=Response,
    responses=answers(None, *OF_SOMETHING, content={"image/svg+xml": {"schema": {"type": "string"}}}),
)
def get_picture(ask: Called, name: Named, version: Number) -> Response:
    """A version as a picture (SVG)."""
    drawn = as_svg(ask.world.workflow(_one(ask.world, name, version).hash))
    return Response(drawn, media_type="image/svg+xml")


@door.get(
    "/workflows/{name}/versions/{version}/moves",
    right="see_all",
    response_class=Response,
    responses=answers(None, *OF_SOMETHING, content={"text/plain": {"schema": {"type": "string"}}}),
)
def get_moves(
    ask: Called, name: Named, version: Number, mermaid: Annotated[bool, Query(description="As mermaid text.")] = False
) -> Response:
    """A version as a list of its moves, for who does not look at pictures."""
    workflow = ask.world.workflow(_one(ask.world, name, version).hash)
    return Response(as_mermaid(workflow) if mermaid else as_text(workflow), media_type="text/plain")


@door.get("/schemas/workflow", responses=answers(Schema, *READING))
def get_workflow_schema(ask: Called) -> Response:
    """The JSON Schema of workflow files."""
    del ask
    return JSONResponse(workflow_schema())


@door.get("/schemas/governance", responses=answers(Schema, *READING))
def get_governance_schema(ask: Called) -> Response:
    """The JSON Schema of the governance file."""
    del ask
    return JSONResponse(governance_schema())


@door.get("/bodies", responses=answers(models.Bodies, *READING))
def list_bodies(ask: Called) -> Response:
    """Every group and committee that may be known of."""
    found = [b for b in ask.world.governance.bodies.values() if may_know(ask.world, ask.sight, b)]
    return ask.tell(models.Bodies, {"bodies": found})


@door.get("/bodies/{name}/meetings", responses=answers(models.Meetings, *OF_SOMETHING))
def list_meetings(
    ask: Called, name: Named, count: Annotated[int, Query(ge=1, le=50, description="How many at most.")] = 6
) -> Response:
    """A body's next meetings, as they are really held."""
    _body(ask, name)
    return ask.tell(models.Meetings, {"meetings": meetings.upcoming(ask.house, name, count)})


@door.post("/bodies/{name}/meetings/{key}/move", right="meet", responses=once(models.Moved, *WRITING, 404))
def move_meeting(
    ask: Called,
    name: Named,
    key: Annotated[date, Path(description="Its planned day.", examples=["2027-07-28"])],
    wish: models.MoveMeeting,
    again: Key,
) -> Response:
    """Hold a meeting at another time, or not at all; every due date that depends on it moves. `preview` tells which."""
    _body(ask, name)
    look_through(ask, wish)

    def move(house: House) -> list[Redated]:
        return meetings.move(
            house,
            name,
            key.isoformat(),
            wish.at,
            actor=ask.name,
            reason=wish.reason,
            preview=wish.preview,
            sure=wish.sure,
        )

    def told(moved: list[Redated]) -> dict[str, Any]:
        held = {each: getattr(coming, each, None) for each in ("at", "papers", "not_worked")}
        return ask.told(models.Moved, {"preview": wish.preview, **held, "dates": moved})

    coming = meetings.foreseen(ask.house, name, key.isoformat(), wish.at) if wish.at is not None else None
    return answered(keeping.once(ask.house, None if wish.preview else again, move, told))


def _body(ask: Caller, name: str) -> None:
    body = ask.world.governance.bodies.get(name)
    if body is None or not may_know(ask.world, ask.sight, body):
        raise NotThere("there is no group or committee of this name, or none that you may know of")


def _versions(world: World, name: str) -> list[Definition]:
    found = [d for d in world.published if d.kind == WORKFLOW and d.name == name]
    if not found:
        raise NotThere("no workflow of this name is published")
    return sorted(found, key=lambda d: d.version, reverse=True)


def _one(world: World, name: str, version: int) -> Definition:
    found = next((d for d in _versions(world, name) if d.version == version), None)
    if found is None:
        raise NotThere("this workflow has no version of this number")
    return found


def proposed(ask: Caller, found: Sequence[Definition]) -> list[dict[str, Any]]:
    """Versions of one workflow, with who proposed each."""
    by = publishing.proposers(ask.house, found)
    return [
        {
            "version": each.version,
            "hash": each.hash,
            "published_at": each.published_at,
            "published_by": each.published_by,
            "proposed_by": by.get(each.version),
        }
        for each in found
    ]


def _workflow(ask: Caller, name: str) -> dict[str, Any]:
    workflow, definition = ask.world.newest(name)
    told = {"name": name, "title": workflow.title, "purpose": workflow.purpose, "subject": workflow.subject}
    return {**told, "period": workflow.period, "newest": proposed(ask, [definition])[0]}


def about(person: Person, ask: Caller) -> dict[str, Any]:
    """What everybody who may see the people is told of one."""
    told = {"name": person.name, "title": person.title, "organisation": person.organisation}
    return {**told, "roles": list(person.roles), "active": person.active(ask.today)}


def _fields(workflow: Workflow) -> Iterator[dict[str, Any]]:
    for each in workflow.fields.values():
        yield {
            "name": each.name,
            "label": each.label,
            "type": each.type,
            "of": each.of if each.type is FieldType.LIST else None,
            "help": each.help,
            "options": [option.value for option in each.options],
        }


def _stages(workflow: Workflow) -> Iterator[dict[str, Any]]:
    for stage in workflow.stages.values():
        yield {
            "path": stage.path,
            "title": stage.title,
            "owner": [*stage.owner.roles, *stage.owner.fields],
            "end": stage.end,
            "triggers": list(stage.transitions),
        }
