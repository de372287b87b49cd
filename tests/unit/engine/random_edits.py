"""Versions of a workflow as an administrator might make them, at random: stages and branches go, come, are renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

import yaml

from qa_workflow.definition import Governance, Workflow, read_workflow

Tree = dict[str, Any]
MOST_TRIES = 200
ROLES = ("author", "reviewer", "chair")
DUES = ("3 working days after entry", "20 calendar days after opening", "1 month after entry", "papers of board")


def edited(text: str, dice: Random, governance: Governance) -> tuple[str, Workflow]:
    """A version that a random edit has made, and that is a workflow still."""
    for _ in range(MOST_TRIES):
        tree = deepcopy(yaml.safe_load(text))
        for _ in range(dice.randint(1, 3)):
            dice.choice(EDITS)(tree, dice)
        new = yaml.safe_dump(tree, sort_keys=False)
        read = read_workflow(new.encode(), "edited.yaml", governance)
        if read.value is not None and new != text:
            return new, read.value
    raise AssertionError("no edit of this workflow is a workflow")


def instead(old: Workflow, new: Workflow, dice: Random) -> dict[str, str]:
    """What an administrator may say of the stages that are gone: another one, or that a branch is over, or nothing."""
    said: dict[str, str] = {}
    for path, stage in old.stages.items():
        if path in new.stages or dice.random() < 0.2:
            continue
        alike = [s.path for s in new.stages.values() if bool(s.flow) == bool(stage.flow) and s.end is None]
        said[path] = "done" if stage.flow and dice.random() < 0.3 else dice.choice(alike or [new.start])
    return said


def _homes(tree: Tree) -> Iterator[Tree]:
    """Every mapping of stages, of the main line and of the branches."""

    def within(stages: Tree) -> Iterator[Tree]:
        yield stages
        for stage in stages.values():
            for branch in (stage.get("parallel") or {}).get("branches", {}).values():
                if "stages" in branch:
                    yield from within(branch["stages"])
                elif "parallel" in branch:
                    yield from within({"it": branch})

    return within(tree["stages"])


def _stages(tree: Tree) -> list[tuple[Tree, str]]:
    return [(home, name) for home in _homes(tree) for name in home]


def _any_stage(tree: Tree, dice: Random) -> Tree:
    """A stage that ends nothing; where none is left, one that is not kept."""
    found: list[Tree] = [home[name] for home, name in _stages(tree) if "end" not in home[name]]
    return dice.choice(found) if found else {}


def _retarget(tree: Any, name: str, other: str) -> Any:
    """Every `to` that led to a stage leads to another."""
    if isinstance(tree, dict):
        return {k: other if k in ("to", "else") and v == name else _retarget(v, name, other) for k, v in tree.items()}
    return [_retarget(each, name, other) for each in tree] if isinstance(tree, list) else tree


def _replace_all(tree: Tree, new: Tree) -> None:
    tree.clear()
    tree.update(new)


def remove_stage(tree: Tree, dice: Random) -> None:
    home, name = dice.choice(_stages(tree))
    others = [other for other in home if other != name]
    if others:
        del home[name]
        _replace_all(tree, _retarget(tree, name, dice.choice(others)))


def rename_stage(tree: Tree, dice: Random) -> None:
    home, name = dice.choice(_stages(tree))
    kept = list(home.items())
    home.clear()
    home.update({f"{k}_anew" if k == name else k: v for k, v in kept})
    _replace_all(tree, _retarget(tree, name, f"{name}_anew"))


def add_stage(tree: Tree, dice: Random) -> None:
    """A stage before another one: what led there leads to the new one first."""
    home, name = dice.choice(_stages(tree))
    added = f"before_{name}"
    if added not in home:
        _replace_all(tree, _retarget(tree, name, added))
        home = next((h for h in _homes(tree) if name in h), home)
        home[added] = {"owner": dice.choice(ROLES), "transitions": {f"let_{name}": {"to": name}}}


def remove_branch(tree: Tree, dice: Random) -> None:
    if sets := _branch_sets(tree):
        branches = dice.choice(sets)
        if len(branches) > 1:
            del branches[dice.choice(list(branches))]


def add_branch(tree: Tree, dice: Random) -> None:
    if sets := _branch_sets(tree):
        dice.choice(sets)["more"] = {"owner": dice.choice(ROLES), "transitions": {"do_more": {}}}


def _branch_sets(tree: Tree) -> list[Tree]:
    return [s["parallel"]["branches"] for home in _homes(tree) for s in home.values() if "parallel" in s]


def other_due(tree: Tree, dice: Random) -> None:
    _any_stage(tree, dice)["due"] = dice.choice(DUES)


def no_due(tree: Tree, dice: Random) -> None:
    _any_stage(tree, dice).pop("due", None)


def other_owner(tree: Tree, dice: Random) -> None:
    stage = _any_stage(tree, dice)
    if "owner" in stage:
        stage["owner"] = dice.choice(ROLES)


def other_join(tree: Tree, dice: Random) -> None:
    joined = [s["parallel"] for home in _homes(tree) for s in home.values() if "parallel" in s]
    if joined:
        dice.choice(joined)["join"] = dice.choice(["all", "any", "first 2"])


def other_ladder(tree: Tree, dice: Random) -> None:
    _any_stage(tree, dice)["remind"] = [dice.choice(["1 working day before due", "3 working days before due"])]


def rename_trigger(tree: Tree, dice: Random) -> None:
    steps = _any_stage(tree, dice).get("transitions", {})
    names = [name for name in steps if name != "joined"]
    if names:
        name = dice.choice(names)
        steps[f"{name}_anew"] = steps.pop(name)


def other_field(tree: Tree, dice: Random) -> None:
    fields = tree.setdefault("fields", {})
    if fields and dice.random() < 0.5:
        fields[dice.choice(list(fields))] = dice.choice(["text", "number", "date"])
    else:
        fields["found_since"] = {"type": "yes_no", "default": True}


EDITS: tuple[Callable[[Tree, Random], None], ...] = (
    remove_stage, remove_stage, rename_stage, add_stage, remove_branch, add_branch, other_due, other_due, no_due,
    other_owner, other_join, other_ladder, rename_trigger, other_field,
)  # fmt: skip
