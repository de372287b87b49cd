"""What the YAML parser's own complaints mean to somebody who does not know its words."""

from __future__ import annotations

import yaml

from qa_workflow.definition.faults import Place

_MEANINGS = (
    (
        "mapping values are not allowed",
        "a colon stands where no key can be",
        "check the indentation, or put text that holds `: ` in quotes",
    ),
    (
        "could not find expected ':'",
        "a key has no colon after it",
        "write `key: value`, or put text of several lines in quotes",
    ),
    (
        "did not find expected key",
        "a key was expected here",
        "line it up with the keys above, and close brackets and quotes before it",
    ),
    (
        "did not find expected '-' indicator",
        "an entry of the list was expected here",
        "line it up with the other `-`, or with the key above",
    ),
    (
        "did not find expected ',' or ']'",
        "the list in brackets from line {line} goes on where a comma or `]` was expected",
        "close it, add the comma, or put the entry in quotes if this belongs to it",
    ),
    (
        "did not find expected ',' or '}'",
        "the mapping in braces from line {line} goes on where a comma or `}}` was expected",
        "close it, add the comma, or put the value in quotes if this belongs to it",
    ),
    ("found unexpected end of stream", "the quotes that begin here are never closed", "add the closing quote"),
    ("found unexpected document indicator", "the quotes that begin here go on over a `---`", "add the closing quote"),
    ("did not find expected node content", "a value was expected here", "close the brackets, or write the value"),
    (
        "block sequence entries are not allowed",
        "a list begins on the same line as its key",
        "begin it on the next line",
    ),
    ("block collection entries", "a block begins where only one line can be", "begin it on the next line"),
    ("did not find expected <document start>", "something stands outside the file's keys", "indent it, or delete it"),
    (
        "found unknown escape character",
        "a backslash in double quotes begins an escape that does not exist",
        "use single quotes",
    ),
    (
        "did not find expected alphabetic",
        "`&` or `*` begins a mark without a name",
        "put text that begins with it in quotes",
    ),
    ("found undefined tag handle", "`!` begins a tag", "put text that begins with it in quotes"),
    ("found unexpected ':'", "a colon stands inside an unquoted text in brackets", "put the text in quotes"),
    ("found a tab character", "a tab stands where spaces are expected", "indent with spaces"),
)


_WHERE_IT_BEGAN = (
    "could not find expected ':'",
    "found unexpected end of stream",
    "found unexpected document indicator",
)
"""Complaints that are better placed where the thing began than where the parser gave up."""


def explain_syntax(bad: yaml.YAMLError, text: str) -> tuple[Place, str, str]:
    """Place, what is wrong, and how to mend it."""
    problem = str(getattr(bad, "problem", None) or "")
    mark, began = getattr(bad, "problem_mark", None), getattr(bad, "context_mark", None)
    if began is not None and (mark is None or any(sign in problem for sign in _WHERE_IT_BEGAN)):
        mark = began
    if mark is None:
        return Place(), "the file is not well-formed YAML", "check brackets, quotes and indentation"
    place = Place(mark.line + 1, mark.column + 1)
    if "cannot start any token" in problem:
        return place, *_bad_start(text, mark.line, mark.column)
    for sign, what, mend in _MEANINGS:
        if sign in problem:
            line = began.line + 1 if began is not None else mark.line + 1
            return place, what.format(line=line), mend
    return place, "the file is not well-formed YAML from here on", "check brackets, quotes and indentation"


def _bad_start(text: str, line: int, column: int) -> tuple[str, str]:
    lines = text.split("\n")
    character = lines[line][column : column + 1] if line < len(lines) else ""
    if character == "\t":
        return "a tab is used to indent", "indent with spaces"
    return f"{character or 'this'} cannot begin a value", "put the text in quotes"
