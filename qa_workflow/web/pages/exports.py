"""Lists as files: for Excel and as CSV, with the filters of the page that they come from."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.responses import Response

from qa_workflow.service.boards.exporting import WHAT, Asked, export
from qa_workflow.service.boards.sheets import Format
from qa_workflow.service.refusals import Unknown
from qa_workflow.web.asking import Asked as Asking
from qa_workflow.web.doors import SIGNED_IN, Door

door = Door()
FILES = tuple(f"{what}.{form}" for what in WHAT for form in Format)
LONGEST = 2_000


@door.post("/export/{file}", SIGNED_IN)
def exported(ask: Asking, file: str) -> Response:
    """The list as a file; a form and not a link, because it is written down who takes what."""
    if file not in FILES:
        raise Unknown("file", file[:60], FILES)
    what, _, form = file.partition(".")
    words = dict(parse_qsl(ask.form.text("query")[:LONGEST]))
    words["search"] = words.pop("q", "")  # as the list of items calls it in its address
    found = export(ask.house, ask.actor, Asked(what, Format(form), words, ask.wall_now), ask.parts.sheets)
    return Response(
        found.content,
        media_type=found.media_type,
        headers={"Content-Disposition": f'attachment; filename="{found.name}"', "Cache-Control": "no-store"},
    )
