"""Pictures of workflows: every move is drawn and told, and nothing lies on anything else."""

from __future__ import annotations

import random
from itertools import combinations, pairwise, product
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from qa_workflow.definition import Workflow, read_folder
from qa_workflow.definition.pictures.diagram import Move, as_mermaid, as_text, moves
from qa_workflow.definition.pictures.layout import WIDTH, Frame, Layout, arrange
from qa_workflow.definition.pictures.picture import as_svg, lay_out

ROOT = Path(__file__).resolve().parents[3]
WORKFLOWS = {
    name: workflow
    for folder in (ROOT / "workflows", ROOT / "examples" / "policy_review")
    for name, workflow in read_folder([folder]).workflows.items()
}
SVG = "{http://www.w3.org/2000/svg}"

every = pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)


def made_up(seed: int) -> Layout:
    """The picture of a workflow that nobody would write: up to thirty stages, with steps from anywhere to anywhere."""
    chance = random.Random(seed)
    stages = [f"s{n}" for n in range(chance.randint(1, 30))]
    words = ("send", "back to", "the author", "for another look,", "unless", "nobody can be found")
    found = [
        Move(
            chance.choice(stages),
            chance.choice(stages),
            " ".join(chance.choices(words, k=chance.randint(1, 9))),
            by_time=chance.random() < 0.3,
        )
        for _ in range(chance.randint(0, 3 * len(stages)))
    ]
    return arrange(stages, chance.sample(stages, len(stages) // 4), found)


LAYOUTS = {name: lay_out(workflow, titled=True) for name, workflow in WORKFLOWS.items()}
LAYOUTS |= {f"made up {seed}": made_up(seed) for seed in range(50)}
drawn = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def stroke(start: tuple[float, float], end: tuple[float, float]) -> Frame:
    """A line that runs along the page or down it, as the area that it covers."""
    x, y = min(start[0], end[0]), min(start[1], end[1])
    assert start[0] == end[0] or start[1] == end[1]
    return Frame(x - 0.5, y - 0.5, abs(start[0] - end[0]) + 1, abs(start[1] - end[1]) + 1)


@drawn
def test_no_label_lies_on_another_or_on_a_stage(layout: Layout) -> None:
    everything = [*layout.boxes.values(), *(label.frame for label in layout.labels)]
    for number, one in enumerate(everything):
        assert [other for other in everything[number + 1 :] if one.overlaps(other)] == []
        assert 0 <= one.x <= layout.width - one.width
        assert 0 <= one.y <= layout.height - one.height


@drawn
def test_no_line_crosses_a_stage_or_a_label(layout: Layout) -> None:
    """It only touches the label that it comes from, and the stage that it leads to."""
    inner = [
        Frame(frame.x + 1, frame.y + 1, frame.width - 2, frame.height - 2)
        for frame in [*layout.boxes.values(), *(label.frame for label in layout.labels)]
    ]
    for route in layout.routes:
        for start, end in pairwise(route.corners):
            assert [frame for frame in inner if frame.overlaps(stroke(start, end))] == [], route


@drawn
def test_lines_lie_on_each_other_only_where_they_lead_to_the_same_stage_or_come_from_the_same_label(
    layout: Layout,
) -> None:
    """Lines that cross cover one point of each other; more would make two lines look like one."""
    for one, other in combinations(layout.routes, 2):
        if one.target == other.target or one.label == other.label:
            continue
        for first, second in product(pairwise(one.corners), pairwise(other.corners)):
            along = {(start[0] == end[0]) for start, end in (first, second) if start != end}
            if len(along) == 1:
                assert not stroke(*first).overlaps(stroke(*second)), (one, other)


@drawn
def test_every_word_fits_its_card(layout: Layout) -> None:
    assert max((len(line) for label in layout.labels for line in label.lines), default=0) <= WIDTH / 6.4


@every
def test_what_people_would_write_is_no_wider_than_a_page(workflow: Workflow) -> None:
    assert lay_out(workflow, titled=True).width <= 1100


def test_several_steps_to_one_stage_share_a_line_and_a_step_to_several_is_named_once() -> None:
    layout = arrange("abc", "c", [Move("a", "b", "x"), Move("a", "b", "y"), Move("b", "c", "z"), Move("b", "a", "z")])
    assert [(label.source, label.targets, label.lines) for label in layout.labels] == [
        ("a", ("b",), ("x", "y")),
        ("b", ("c", "a"), ("z",)),
    ]
    assert [route.target for route in layout.routes] == ["b", "c", "a"]


def test_lines_to_one_stage_come_in_at_one_place() -> None:
    layout = LAYOUTS["quality_account"]
    assert len({route.corners[-2:] for route in layout.routes}) == len({route.target for route in layout.routes})


def test_the_same_workflow_is_drawn_the_same() -> None:
    assert made_up(7) == made_up(7)


@every
def test_every_stage_and_move_is_in_the_picture_and_in_its_description(workflow: Workflow) -> None:
    """Somebody who hears the picture learns what others see."""
    root = ET.fromstring(as_svg(workflow, here=[workflow.start], link="/workflows#{stage}"))  # noqa: S314  our own
    description = root.findtext(f"{SVG}desc") or ""
    assert root.findtext(f"{SVG}title") == workflow.title
    assert len(root.findall(f"{SVG}a")) == len(workflow.stages)
    assert [a.get("aria-current") for a in root.findall(f"{SVG}a")].count("step") == 1
    assert all(move.label in description for move in moves(workflow))
    ways = {(move.source, move.target, move.by_time) for move in moves(workflow)}
    assert {(r.label.source, r.target, r.label.by_time) for r in lay_out(workflow).routes} == ways


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


def test_for_people_a_picture_has_everyday_words_and_the_labels_of_fields() -> None:
    """Newcomers asked what lapses, what opens, and who Joined is; `received_on` is a name of the file."""
    labels = {move.label for move in moves(WORKFLOWS["quality_account"], titled=True)}
    assert {"begins with it", "what it waits for is done"} <= labels
    assert "if nobody acts: 30 calendar days after “Draft received on”" in labels
    assert not [label for label in labels if label.startswith(("lapse", "opens", "Joined"))]
