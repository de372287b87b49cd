"""Pictures of workflows: every move is drawn and told, and no line crosses a box."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from qa_workflow.definition import Workflow, read_folder
from qa_workflow.definition.pictures.diagram import as_mermaid, as_text, moves
from qa_workflow.definition.pictures.picture import HEIGHT, WIDTH, Box, as_svg, lay_out

WORKFLOWS = read_folder([Path(__file__).resolve().parents[3] / "workflows"]).workflows
SVG = "{http://www.w3.org/2000/svg}"
Point = tuple[int, int]

every = pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)


def crosses(box: Box, start: Point, end: Point) -> bool:
    """Whether a line enters the inside of a box, looked at in a hundred places."""
    for step in range(1, 100):
        x = start[0] + (end[0] - start[0]) * step / 100
        y = start[1] + (end[1] - start[1]) * step / 100
        if box.x < x < box.x + WIDTH and box.y < y < box.y + HEIGHT:
            return True
    return False


@every
def test_no_line_crosses_a_box(workflow: Workflow) -> None:
    layout = lay_out(workflow)
    for route in layout.routes:
        for start, end in zip(route.corners, route.corners[1:], strict=False):
            crossed = [box.path for box in layout.boxes.values() if crosses(box, start, end)]
            assert crossed == [], route.move


@every
def test_no_box_lies_on_another_and_all_lie_within(workflow: Workflow) -> None:
    layout = lay_out(workflow)
    places = [(box.x, box.y) for box in layout.boxes.values()]
    assert len(set(places)) == len(places) == len(workflow.stages)
    for route in layout.routes:
        assert all(0 <= x <= layout.width and 0 <= y <= layout.height for x, y in route.corners)


@every
def test_every_stage_and_move_is_in_the_picture_and_in_its_description(workflow: Workflow) -> None:
    """Somebody who hears the picture learns what others see."""
    root = ET.fromstring(as_svg(workflow, here=[workflow.start], link="/workflows#{stage}"))  # noqa: S314  our own
    description = root.findtext(f"{SVG}desc") or ""
    assert root.findtext(f"{SVG}title") == workflow.title
    assert len(root.findall(f"{SVG}a")) == len(workflow.stages)
    assert [a.get("aria-current") for a in root.findall(f"{SVG}a")].count("step") == 1
    assert all(move.label in description for move in moves(workflow))
    assert len(root.findall(f"{SVG}path")) == len(moves(workflow))


@every
def test_the_list_and_mermaid_have_every_move(workflow: Workflow) -> None:
    text, mermaid = as_text(workflow), as_mermaid(workflow)
    assert text.count(" -> ") == len(moves(workflow))
    assert sum(" --> " in line and "[*]" not in line for line in mermaid.splitlines()) == len(moves(workflow))


def test_words_that_look_like_markup_do_no_harm() -> None:
    from dataclasses import replace

    workflow = replace(next(iter(WORKFLOWS.values())), title='<script>"x"</script>: & more')
    assert ET.fromstring(as_svg(workflow)).findtext(f"{SVG}title") == workflow.title  # noqa: S314
    assert '"' not in as_mermaid(workflow).splitlines()[1]


def test_for_people_the_moves_are_labelled_with_what_the_buttons_say() -> None:
    workflow = WORKFLOWS["provider_assurance"]
    assert "Record minutes and rating" in {move.label for move in moves(workflow, titled=True)}
    drawn = as_svg(workflow, titled=True)
    assert "Send the feedback" in drawn
    assert "send_feedback" not in drawn
