"""Quality-assurance cycles as state machines: YAML in, an engine that never loses an item or a date out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa_workflow.service.front import Engine
    from qa_workflow.wiring import connect

__all__ = ["Engine", "connect"]


def __getattr__(name: str) -> Any:
    """The front door opens when it is used, so that `qa-workflow --help` need not load a database."""
    if name == "connect":
        from qa_workflow.wiring import connect

        return connect
    if name == "Engine":
        from qa_workflow.service.front import Engine

        return Engine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*(name for name in globals() if name.startswith("__")), *__all__]
