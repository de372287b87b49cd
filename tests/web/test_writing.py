"""What stands on a page for a value: the same as the library gives, in less time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jinja2 import ChainableUndefined, DictLoader, Environment
from markupsafe import Markup, escape

from qa_workflow.web.render import renderer
from qa_workflow.web.writing import Writing, written


class Word(str):
    """A text of a kind of its own, as values of enumerations are."""

    __slots__ = ()


class Shown:
    """Something that says itself how it stands on a page."""

    def __html__(self) -> str:
        return "<i>&</i>"


@given(some.text() | some.text(alphabet="&<>'\" a"))
def test_a_text_is_escaped_as_ever(value: str) -> None:
    """Whatever somebody typed is text on a page, and never a part of it."""
    assert written(value) == str(escape(value))


@pytest.mark.parametrize(
    "value", [None, 0, 1.5, True, Markup("<b>&amp;</b>"), Word("<b>"), Shown(), ChainableUndefined(name="<b>"), ["<b>"]]
)
def test_what_is_no_plain_text_is_written_as_ever(value: object) -> None:
    assert written(value) == str(escape(value))


@pytest.mark.parametrize(
    "template",
    [
        "{{ bad }} {{ good }}",
        "{% macro m(x) %}<b title='{{ x }}'>{{ x }}</b>{% endmacro %}{{ m(bad) }}{{ m(m(good)) }}",
        "{% set x %}<b>{{ bad }}</b>{% endset %}{{ x }}{{ x | upper }}",
        "{% filter upper %}<b>{{ bad }}</b>{% endfilter %}",
        "{% autoescape false %}{{ bad }}{% endautoescape %}{{ bad }}",
        "{% autoescape good %}{{ bad }}{% endautoescape %}",
        "{{ bad | safe }}{{ bad ~ good }}{{ [bad, good] | join(good) }}",
        "{% macro m() %}{{ caller(bad) }}{% endmacro %}{% call(x) m() %}{{ x }}{% endcall %}",
    ],
)
def test_templates_come_out_as_ever(template: str) -> None:
    """In and around everything that a template can do with a text."""
    values = {"bad": "<script>'\"&amp;", "good": "plain"}
    found, expected = (made(autoescape=True).from_string(template).render(values) for made in (Writing, Environment))
    assert found == expected


def test_pages_are_written_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library could leave out the place at which its way of writing is changed; pages would be slow unseen."""
    asked: list[object] = []

    def heard(value: object) -> str:
        asked.append(value)
        return written(value)

    monkeypatch.setattr(Writing, "written", staticmethod(heard))
    page = renderer()("items/where.html", {"workflow": {"title": "Letters & more", "stages": {}}, "here": ()})
    assert "Letters &amp; more" in page
    assert "Letters & more" in asked


def test_a_name_of_one_template_stays_with_it() -> None:
    """What all templates know comes from one place; what one is given besides is known nowhere else."""
    texts = {
        "own": "{% import 'other' as other with context %}{{ house }} {{ mine }} {{ other }}",
        "other": "[{{ house }}{{ mine }}]",
    }
    found = []
    for each in (Writing(loader=DictLoader(texts)), Environment(loader=DictLoader(texts), autoescape=True)):
        each.globals["house"] = "of all"
        own = each.get_template("own", globals={"mine": "of one"}).render()
        found.append((own, each.get_template("other").render()))
    assert found[0] == found[1] == ("of all of one [of allof one]", "[of all]")
