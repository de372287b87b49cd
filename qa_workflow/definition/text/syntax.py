"""What the YAML parser's own complaints mean to somebody who does not know its words."""

from __future__ import annotations

import re

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

_RUN_ON = re.compile(r"[{,] *\w+: +[^,{}\[\]'\":]*[^,{}\[\]'\": ] +(\w+): ")
"""A value in braces that runs on into the next key."""


def explain_syntax(bad: yaml.YAMLError, text: str) -> tuple[Place, str, str]:
    """Place, what is wrong, and how to mend it."""
    problem = str(getattr(bad, "problem", None) or "")
    mark, began = getattr(bad, "problem_mark", None), getattr(bad, "context_mark", None)
    if began is not None and (mark is None or any(sign in problem for sign in _WHERE_IT_BEGAN)):
        mark = began
    if mark is None:
        return Place(), "the file is not well-formed YAML", "check brackets, quotes and indentation"
    place = Place(mark.line + 1, mark.column + 1)
    plain = _plain_slip(text.split("\n"), mark.line, problem)
    if plain is not None:
        return plain
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
    if lines[line].startswith("```") if line < len(lines) else False:
        return "a line of ``` belongs to the page from which this was copied", "delete it"
    return f"{character or 'this'} cannot begin a value", "put the text in quotes"


def _plain_slip(lines: list[str], number: int, problem: str) -> tuple[Place, str, str] | None:
    """What the line itself, or the one before it, shows to be wrong, whatever the parser stumbled over."""
    line = lines[number] if number < len(lines) else ""
    if (curly := re.search("[\u201c\u201d\u201e\u2018\u2019]", line)) and "mapping values" in problem:
        mend = 'write straight quotes, as "…"'
        return (
            Place(number + 1, curly.start() + 1),
            "curly quotes, as a word processor writes them, are no quotes",
            mend,
        )
    if quoted := re.search(r"[:\[,-] *'[^']*'(?=\w)", line):
        mend = "put the text in double quotes"
        return Place(number + 1, quoted.end()), "an apostrophe ends a text in single quotes", mend
    if "',' or '}'" in problem and (run_on := _RUN_ON.search(line)):
        what = f"there is no comma before {run_on[1]!r}"
        return Place(number + 1, run_on.start(1) + 1), what, f"write `, {run_on[1]}: …`"
    if "',' or '}'" in problem and re.search(r"\bwhen: *[^'\"{\[ ]", line):
        return (
            Place(number + 1, line.index("when:") + 1),
            "a condition with brackets or quotes goes on here",
            ("put the whole condition in quotes, and text within it in the other kind of quotes"),
        )
    before = number - 1
    while before >= 0 and not lines[before].split("#")[0].strip():
        before -= 1
    if before < 0 or "mapping values" not in problem or _indent(lines[before]) != _indent(line):
        return None
    key = re.fullmatch(r"( *)(\w+)(:?)(\S.*| .+)", lines[before])
    if key is None or ": " in lines[before]:
        return None
    meant = f"write `{key[2]}: {key[4].strip()}`"
    what = f"there is no space after the colon of {key[2]!r}" if key[3] else f"there is no colon after {key[2]!r}"
    return Place(before + 1, len(key[1]) + 1), what, meant


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
