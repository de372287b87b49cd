"""Evidence as files: their bytes are kept on disk before the decision that refers to them, known by their SHA-256."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from qa_workflow.errors import UsageFault
from qa_workflow.service.house import House

LARGEST = 50 * 1024 * 1024
LONGEST_NAME = 150
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def keep(house: House, path: Path) -> dict[str, Any]:
    """Keep a file; what the field will hold: SHA-256, size, and a name that is safe to show and never used as a path.

    Raises:
        UsageFault: it cannot be read, is empty, or is larger than 50 MB.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise UsageFault(f"{path.name} is {size // 1024 // 1024} MB; at most 50 MB can be attached")
        content = path.read_bytes()
    except OSError as fault:
        raise UsageFault(f"{path} cannot be read ({fault.strerror}); check the name and your rights to it") from fault
    if not content:
        raise UsageFault(f"{path.name} is empty; attach the file that was meant")
    sha256 = house.documents.put(content)
    house.write(lambda work: work.unit.keep(sha256, len(content), work.now))
    return {"sha256": sha256, "name": shown(path.name), "size": len(content)}


def shown(name: str) -> str:
    """A file's name as it may be shown: no characters that hide or turn text, at most 150 of them."""
    plain = unicodedata.normalize("NFKC", name)
    return "".join(c for c in plain if unicodedata.category(c) not in _HIDDEN)[:LONGEST_NAME]
