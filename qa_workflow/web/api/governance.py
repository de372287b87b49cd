"""What the governance file says: organisations that items are about, and the file itself, by version."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.service.knowing import organisations
from qa_workflow.service.telling.versions import GOVERNANCE, versions
from qa_workflow.web.api.describing import READING, answers
from qa_workflow.web.api.door import ApiDoor, Called
from qa_workflow.web.api.models import governance as models
from qa_workflow.web.api.workflows import OF_SOMETHING, YAML, Number, proposed
from qa_workflow.web.statuses import NotThere

door = ApiDoor("governance", __doc__)


@door.get("/organisations", responses=answers(models.Organisations, *READING))
def list_organisations(ask: Called) -> Response:
    """Every organisation that may be known of; its name is the `subject` of items."""
    known = [ask.world.governance.organisations[name] for name in organisations(ask.world, ask.sight)]
    told = [
        {
            "name": each.name,
            "title": each.title_on(ask.today),
            "kind": each.kind,
            "active": each.is_active(ask.today),
            "successor": each.successor,
        }
        for each in known
    ]
    return ask.tell(models.Organisations, {"organisations": told})


@door.get("/governance/versions", right="see_all", responses=answers(models.GovernanceVersions, *READING))
def list_governance_versions(ask: Called) -> Response:
    """Every version of the governance file, the newest first; `name` and a `hash` are what a draft begins as."""
    found = versions(ask.world, GOVERNANCE, "")
    return ask.tell(models.GovernanceVersions, {"name": found[0].name, "versions": proposed(ask, found)})


@door.get(
    "/governance/versions/{version}/source",
    right="see_all",
    response_class=Response,
    responses=answers(None, *OF_SOMETHING, content=YAML),
)
def get_governance_source(ask: Called, version: Number) -> Response:
    """The text of the governance file, byte for byte as it was published."""
    found = next((d for d in versions(ask.world, GOVERNANCE, "") if d.version == version), None)
    if found is None:
        raise NotThere("the governance file has no version of this number")
    return Response(found.source, media_type="application/yaml")
