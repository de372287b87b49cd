"""The text of a guard as a tree, within bounds. Python's parser reads it, and nothing of Python runs it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

MAX_CHARACTERS = 1000
MAX_NODES = 200
MAX_DEPTH = 25

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_SLIPS = (
    (re.compile(r"[‘’‚‛“”„‟«»]"), "write straight quotes: ' or \""),
    (re.compile(r"\b(?:AND|OR|NOT|IN|TRUE|FALSE)\b"), "write it in small letters"),
    (re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b"), "put the day in quotes, as '2027-04-01'"),
    (re.compile(r"=>"), "write `>=`"),
    (re.compile(r"=<"), "write `<=`"),
    (re.compile(r"&&"), "write `and`"),
    (re.compile(r"\|\|"), "write `or`"),
    (re.compile(r"!(?!=)"), "write `not`"),
    (re.compile(r"(?<![=!<>])=(?!=)"), "write `==` to compare"),
    (re.compile(r"<>|\u2260"), "write `!=`"),
    (re.compile(r"\u2265"), "write `>=`"),
    (re.compile(r"\u2264"), "write `<=`"),
    (re.compile(r"\b[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}\b"), "write the day in quotes, as '2027-04-01'"),
    (re.compile(r"\\"), "write the text as it is"),
    (re.compile(r"#"), "leave it out; a remark belongs on a line of its own"),
    (re.compile(r"(?<![\w.])[0-9][0-9.]*[A-Za-z_]\w*"), "put a space between number and word, or text in quotes"),
)


@dataclass(frozen=True, slots=True)
class Note:
    """What is wrong with a guard; `offset` counts characters from the beginning of its text."""

    rule: str
    offset: int
    what: str
    mend: str


def parse_guard(text: str) -> ast.expr | Note:
    """The tree, its columns counted from the first character that is no space; or why there is none."""
    if len(text) > MAX_CHARACTERS:
        what = f"the condition has more than {MAX_CHARACTERS} characters"
        return Note("guard-limit", 0, what, "split the choice into stages")
    bare = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    for sign, mend in _SLIPS:
        if found := sign.search(bare):
            return Note("guard-syntax", found.start(), f"{found[0]!r} is not understood", mend)
    if "\\" in text:
        return Note("guard-syntax", text.index("\\"), "a backslash is not understood", "write the text as it is")
    try:
        tree = ast.parse(re.sub(r"\s", " ", text.strip()), mode="eval").body
    except SyntaxError as bad:
        return _broken(text, bad)
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return Note("guard-syntax", 0, "the condition cannot be read", "write it in a simpler way")
    return _too_large(tree) or tree


def _broken(text: str, bad: SyntaxError) -> Note:
    lead = len(text) - len(text.lstrip())
    offset = lead + max((bad.offset or 1) - 1, 0)
    if not text.strip():
        return Note("guard-syntax", 0, "the condition is empty", "write one, or delete the key")
    if offset >= len(text.rstrip()):
        last = len(text.rstrip()) - 1
        return Note("guard-syntax", last, "the condition breaks off here", "finish it, and close quotes and brackets")
    return Note("guard-syntax", offset, "the condition cannot be read from here on", "check quotes, brackets and words")


def _too_large(tree: ast.expr) -> Note | None:
    """Level by level, so that depth of the tree is not depth of calls."""
    count, depth = 0, 0
    level: list[ast.AST] = [tree]
    while level:
        depth, count = depth + 1, count + len(level)
        if count > MAX_NODES or depth > MAX_DEPTH:
            what = f"has more than {MAX_NODES} parts" if count > MAX_NODES else f"is nested more than {MAX_DEPTH} deep"
            return Note("guard-limit", 0, f"the condition {what}", "split the choice into stages")
        level = [part for node in level for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
    return None
