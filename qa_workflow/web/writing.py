"""How templates write out a value: escaped, and at once where there is nothing to escape; and what they all know.

A page writes out one or two thousand values, and nearly all are plain words. Of each the library makes a text that is
marked as safe, only to put it together with the others; that took a tenth of the whole page.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import escape

_ESCAPED = re.compile("""[&<>'"]""").search


def written(value: object) -> str:
    """What stands on the page for a value, the same as `escape` gives."""
    return value if type(value) is str and _ESCAPED(value) is None else escape(value)


class Writer(CodeGenerator):
    """Compiles `{{ value }}` to a call of `written`, wherever values are escaped without fail."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


class Writing(Environment):
    """An environment whose templates write so."""

    code_generator_class = Writer
    written = staticmethod(written)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows by itself: what all know, as one dictionary where it knows no more.

        A page imports sixty times, and each time the library asks of all names that are known in the one template
        whether they are in the other; of its own chain of dictionaries that was a twelfth of the page.
        """
        return super().make_globals(d) if d else self.globals
