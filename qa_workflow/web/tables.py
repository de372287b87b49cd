"""The tag `{% cell "Due" %}…{% endcell %}`: a cell of a table whose rows are blocks on a phone, each with its heading.

`{% cell "Waiting now" number %}` stands at the right. The tag is written out when a template is compiled. A macro would
be called for every cell of every line, which took longer than all else together that a list needs.
"""

from __future__ import annotations

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import escape


class Cells(Extension):
    """Teaches templates the tag."""

    tags = {"cell"}  # noqa: RUF012  as the base class has it

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """The cell's beginning as text, its content as it stands, its end as text."""
        line = next(parser.stream).lineno
        heading = escape(parser.stream.expect("string").value)
        numeric = " nhsuk-table__cell--numeric" if parser.stream.skip_if("name:number") else ""
        content = parser.parse_statements(("name:endcell",), drop_needle=True)
        kind = heading.split()[0].lower()
        begin = (
            f'<td class="nhsuk-table__cell{numeric} qa-{kind}" role="cell">'
            f'<span class="nhsuk-table__heading" aria-hidden="true">{heading} </span><span>'
        )
        return [_text(begin, line), *content, _text("</span></td>", line)]


def _text(html: str, line: int) -> nodes.Node:
    return nodes.Output([nodes.TemplateData(html)], lineno=line)
