"""The accepted keys as a table, read off the shapes: for messages, for the manual, for the test that compares."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from qa_workflow.definition.shape.workflow import Shape


@dataclass(frozen=True, slots=True)
class Key:
    """One accepted key. `shape` is what its value (or, `many`, each of its values) is made of, if not plain."""

    name: str
    about: str
    required: bool
    words: tuple[str, ...] = ()
    shape: type[BaseModel] | None = None
    many: Literal["", "list", "mapping"] = ""


@cache
def keys_of(shape: type[BaseModel]) -> Mapping[str, Key]:
    """Every key of a shape, as it is written in a file, in the order of the manual."""
    hints = get_type_hints(shape, include_extras=True)
    found: dict[str, Key] = {}
    for attribute, info in shape.model_fields.items():
        name = info.alias or attribute
        inner, many = _inside(hints[attribute])
        about = info.description or next((d for d in _descriptions(hints[attribute])), "")
        words = _words(hints[attribute])
        found[name] = Key(name, about, info.is_required(), words, inner, many)
    return found


def keys_at(shape: type[BaseModel], path: tuple[str | int, ...]) -> Mapping[str, Key]:
    """The keys accepted at a path below a shape; empty where names are free."""
    here: type[BaseModel] | None = shape
    parts = list(path)
    while parts and here is not None:
        key = keys_of(here).get(str(parts.pop(0)))
        if key is None or key.shape is None:
            return {}
        if key.many == "list" and not (parts and isinstance(parts[0], int)):
            pass  # one entry, written without its list
        elif key.many and parts:
            parts.pop(0)
        elif key.many:
            return {}
        here = key.shape
    return keys_of(here) if here else {}


def _parts(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Annotated:
        return (get_args(annotation)[0],)
    return get_args(annotation)


def _inside(annotation: Any) -> tuple[type[BaseModel] | None, Literal["", "list", "mapping"]]:
    """The shape somewhere inside an annotation, and whether it is held in a list or a mapping."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation, ""
    origin = get_origin(annotation)
    if origin is Literal:
        return None, ""
    for part in _parts(annotation)[::-1]:
        shape, many = _inside(part)
        if shape is not None:
            return shape, "list" if origin is list else "mapping" if origin is dict else many
    return None, ""


def _words(annotation: Any) -> tuple[str, ...]:
    """The fixed words that a value may be, if it may only be these."""
    origin = get_origin(annotation)
    if origin is Literal:
        return tuple(str(word) for word in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(str(member.value) for member in annotation)
    if origin in (Annotated, Union, types.UnionType):
        return next((words for part in _parts(annotation) if (words := _words(part))), ())
    return ()


def _descriptions(annotation: Any) -> list[str]:
    if get_origin(annotation) is not Annotated:
        return [text for part in get_args(annotation) for text in _descriptions(part)]
    return [text for extra in get_args(annotation)[1:] if (text := getattr(extra, "description", None))]
