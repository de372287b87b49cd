"""The faulty files and what is said of them: `NAME.yaml` with `NAME.expected` beside it, or a folder with `expected`.

After a message was changed on purpose, `python -m tests.faulty.cases` writes what is expected; read the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qa_workflow.definition import read_folder

FOLDER = Path(__file__).parent
SOUND = ("governance.yaml", "action.yaml", "site_review.yaml")
"""Files on which the others stand."""


def cases() -> Iterator[tuple[Path, Path]]:
    """What is checked, and where it is written what should come of it."""
    for file in sorted(FOLDER.glob("*.yaml")):
        if file.name not in SOUND:
            yield file, file.with_suffix(".expected")
    for folder in sorted([*FOLDER.glob("governance/*/"), *FOLDER.glob("together/*/")]):
        yield folder, folder / "expected"


def messages(path: Path) -> str:
    """Every fault of a file or folder, one a line, with places as seen from this folder."""
    return "".join(f"{str(fault).replace(f'{FOLDER}/', '')}\n" for fault in read_folder([path]).faults)


if __name__ == "__main__":
    for path, expected in cases():
        expected.write_text(messages(path), encoding="utf-8")
