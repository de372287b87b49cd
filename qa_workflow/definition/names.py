"""Names of stages, branches and triggers as people write them: the last part, or as much of the path as is needed.

`check` and `accuracy.check` both mean `review.accuracy.check`; a name that fits several means any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property


class Names:
    """Paths that can be found by their ends."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = dict.fromkeys(paths)
        self._by_end: dict[str, list[str]] = {}
        for path in self._paths:
            self._by_end.setdefault(path, []).append(path)
            start = path.find(".") + 1
            while start:
                self._by_end.setdefault(path[start:], []).append(path)
                start = path.find(".", start) + 1

    def find(self, name: str) -> tuple[str, ...]:
        """Every full path that the name fits, in file order; empty if none. A full path means itself alone."""
        return (name,) if name in self._paths else tuple(self._by_end.get(name, ()))

    @cached_property
    def known(self) -> Sequence[str]:
        """Everything that could have been written, shortest first."""
        return sorted(self._by_end, key=lambda end: (end.count("."), end))


def title_of(name: str) -> str:
    """What people read when no title is given: `quality_lead_feedback` is "Quality lead feedback"."""
    words = name.rsplit(".", 1)[-1].replace("_", " ")
    return words[:1].upper() + words[1:]


def initials(name: str) -> str:
    """`provider_assurance` is "PA": how references begin when nothing else is said."""
    return "".join(word[:1].upper() for word in name.split("_") if word)
