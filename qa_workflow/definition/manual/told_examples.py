"""What is wrong and what is right, in words: for rules that no part of a file can show, as that there is a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """What is said to be wrong and what is meant, a phrase each."""

    wrong: str
    right: str


_SEVERAL = "Several workflows, each in a file of its own, that open each other as sub-items."

TOLD: Mapping[str, Told] = {
    "missing-file": Told(
        "`qa-workflow check nowhere/` where no `nowhere/` is.",
        "`qa-workflow check workflows/`, typed in the folder that holds `workflows/`.",
    ),
    "unreadable-file": Told(
        "A file without the permission to read it, or something that is not a file.",
        "A file that whoever checks it may read.",
    ),
    "nothing-to-read": Told(
        "A folder without any `.yaml` file.",
        "A folder that holds `governance.yaml` and workflows, as `qa-workflow init` makes one.",
    ),
    "no-governance": Told(
        "A workflow in a folder without `governance.yaml`.",
        "The same workflow beside the `governance.yaml` that has its roles, bodies and calendars.",
    ),
    "wrong-file": Told(
        "A governance file called `glos.yaml` or `governance.yml`, or a workflow called `governance.yaml`.",
        "The governance file called `governance.yaml`, and each workflow otherwise, as `action.yaml`.",
    ),
    "duplicate-workflow": Told(
        "Two files of a folder that both begin with `workflow: action`.",
        "Two files, of which one begins with `workflow: action` and the other with `workflow: visit_action`.",
    ),
    "empty-file": Told(
        "A file with nothing in it, or with remarks only.",
        "A file with the name of a workflow, its title and its stages.",
    ),
    "too-large": Told("A file of more than 1,048,576 bytes.", _SEVERAL),
    "too-many-parts": Told("A file of more than 100,000 keys, values and brackets.", _SEVERAL),
    "too-many-faults": Told(
        "A file with more than 200 faults: the 200 that were found first are shown.",
        "The faults that are shown mended, and the file checked again.",
    ),
    "not-utf-8": Told(
        "A file saved as Windows-1252, Latin-1 or UTF-16.",
        "The same text saved as UTF-8, with a byte order mark or without.",
    ),
    "not-a-mapping": Told(
        "A file that holds a list or a single text.",
        "A file of keys with values, as `workflow: action`.",
    ),
    "guard-limit": Told(
        "A condition of more than 1,000 characters or 200 parts, or nested more than 25 deep.",
        "Several cases under `to`, each with a short condition of its own.",
    ),
    "reference-twice": Told(
        "Two files of a folder that both say `reference: SA/{number}`, or that say none: `safety_audit` and "
        "`staff_appraisal` are both made `SA/{number}`.",
        "The same, where one of them says `reference: APP/{number}`.",
    ),
    "nobody-may-act": Told(
        "`by: chair` while the governance file lists people and gives none of them the role `chair`.",
        "`by: chair`, with a person in the governance file who has `chair` among their `roles`.",
    ),
    "not-reviewed": Told(
        "`meeting: cqrg for subject`, where no body of the kind `cqrg` has one of the organisations in its `reviews`.",
        "The same, where a body of the kind `cqrg` has that organisation, or its kind, in its `reviews`.",
    ),
}
"""By rule."""
