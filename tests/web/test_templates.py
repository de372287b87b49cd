"""What the pages write out themselves is what the framework's macros would have made."""

from __future__ import annotations

import re

from jinja2 import ChainableUndefined, Environment, PackageLoader

from qa_workflow.web.tables import Cells
from tests.web.site import Site

_PIECES = re.compile(r"<[^>]*>|[^<]+")
FRAMEWORK = Environment(
    autoescape=True,
    undefined=ChainableUndefined,
    loader=PackageLoader("nhsuk_frontend_jinja"),
    trim_blocks=True,
    lstrip_blocks=True,
)


def made(component: str, macro: str, params: dict[str, object]) -> list[str]:
    """A component as the framework makes it."""
    module = FRAMEWORK.get_template(f"nhsuk/components/{component}/macro.jinja").module
    return pieces(str(getattr(module, macro)(params)))


def pieces(html: str) -> list[str]:
    """Tags and texts, without the white space between them."""
    return [text for found in _PIECES.findall(html) if (text := " ".join(found.split()))]


def between(html: str, begin: str, end: str) -> list[str]:
    """A part of a page."""
    return pieces(html[html.index(begin) : html.index(end) + len(end)])


def test_the_head_of_a_page_is_that_of_the_framework(site: Site) -> None:
    """Scripts and styles count on its markup, and a new version of the framework may change it."""
    client = site.client("governance-officer")
    page = client.get("/overdue").text
    logo = re.search(r'/static/logo\.svg[^"]*', page)
    leave = re.search(r'<form class="nhsuk-header__account-form".*?</form>', page, re.DOTALL)
    assert logo is not None
    assert leave is not None
    entries = re.findall(r'__navigation-link" href="([^"]*)"[^>]*>(?:<strong[^>]*>)?([^<]*)<', page)
    assert ("/overdue", "Overdue") in entries
    assert len(entries) > 3
    wanted = made("header", "header", {
        "logo": {"src": logo[0], "alt": "QA workflow", "href": "/"},
        "account": {"items": [{"href": "/account", "text": "Governance officer", "icon": True}, {"html": leave[0]}]},
        "navigation": {
            "ariaLabel": "Main",
            "items": [{"href": href, "text": text, "current": href == "/overdue"} for href, text in entries],
        },
    })  # fmt: skip
    assert between(page, "<header", "</header>") == wanted


def test_the_head_of_a_page_for_nobody_is_that_of_the_framework(site: Site) -> None:
    """Who is not signed in finds the way to sign in, and no other."""
    page = site.client().get("/published").text
    logo = re.search(r'/static/logo\.svg[^"]*', page)
    assert logo is not None
    wanted = made("header", "header", {
        "logo": {"src": logo[0], "alt": "QA workflow", "href": "/"},
        "account": {"items": [{"href": "/sign-in", "text": "Sign in"}]},
    })  # fmt: skip
    assert between(page, "<header", "</header>") == wanted


def test_the_foot_of_a_page_is_that_of_the_framework(site: Site) -> None:
    """As the head is."""
    page = site.client().get("/published").text
    wanted = made("footer", "footer", {
        "navigation": [{"items": [
            {"href": "/published", "text": "What is published"},
            {"href": "/accessibility", "text": "Accessibility"},
        ]}],
        "copyright": {"text": "qa_workflow: open source under the MIT licence"},
    })  # fmt: skip
    printed = re.compile(r'<p class="nhsuk-body-s qa-only-printed">.*?</p>', re.DOTALL)  # on paper alone: our own
    assert between(printed.sub("", page), "<footer", "</footer>") == wanted


def test_the_way_past_the_head_is_that_of_the_framework(site: Site) -> None:
    """Who uses the keyboard need not pass every entry on every page."""
    page = site.client().get("/published").text
    wanted = made("skip-link", "skipLink", {"href": "#maincontent", "text": "Skip to main content"})
    assert between(page, '<a class="nhsuk-skip-link"', "</a>") == wanted


def test_the_search_for_items_is_that_of_the_framework(site: Site) -> None:
    """Its field with its hint, the box below the filters, and the button."""
    page = site.client("governance-officer").get("/items?q=a%26b&overdue=yes").text
    hint = "By reference, organisation, workflow or what it is about, for instance 2026-27-Q4 hospitals"
    field = made("input", "input", {
        "label": {"text": "Search"}, "hint": {"text": hint}, "name": "q", "id": "q", "type": "search", "value": "a&b",
        "classes": "nhsuk-u-width-full", "attributes": {"maxlength": "100"},
    })  # fmt: skip
    box = made("checkboxes", "checkboxes", {
        "idPrefix": "overdue", "name": "overdue", "small": True,
        "items": [{"value": "yes", "text": "Only what is overdue", "checked": True}],
    })  # fmt: skip
    button = made("button", "button", {"text": "Show", "classes": "nhsuk-u-margin-bottom-3"})
    assert has(page, field)
    assert has(page, box)
    assert has(page, button)


def test_the_comment_below_an_item_is_that_of_the_framework(site: Site) -> None:
    """Its field with its hint, and the button that is not pressed twice."""
    (item,) = site.engine.items(open_only=True, limit=1)
    page = site.client("governance-officer").get(f"/items/{item.reference}").text
    hint = re.search(r'id="text-hint">([^<]*)<', page)
    assert hint is not None
    field = made("textarea", "textarea", {
        "label": {"text": "Comment", "classes": "nhsuk-u-visually-hidden"},  # its heading says it
        "hint": {"text": hint[1]}, "name": "text", "id": "text", "rows": 3,
    })  # fmt: skip
    params: dict[str, object] = {"text": "Add the comment", "variant": "secondary", "preventDoubleClick": True}
    assert has(page, field)
    assert has(page, made("button", "button", params))


def has(page: str, wanted: list[str]) -> bool:
    """Whether a page has these tags and texts, one after the other."""
    return "\n".join(wanted) in "\n".join(pieces(page))


def test_a_cell_has_its_heading_as_the_framework_s_tables_have_it() -> None:
    """On a phone each cell shows the heading of its column, left of one box with all that is in it."""
    environment = Environment(autoescape=True, extensions=[Cells])
    html = environment.from_string('{% cell "Due" %}{{ value }}<br>{% endcell %}').render(value="<b>")
    table = made("tables", "table", {
        "responsive": True, "head": [{"text": "Due"}], "rows": [[{"text": "<b>"}]],
    })  # fmt: skip
    begin = table.index('<td class="nhsuk-table__cell" role="cell">')
    heading = table[begin : table.index("</span>", begin) + 1]
    named = [heading[0].replace('cell" ', 'cell qa-due" '), *heading[1:]]  # for phones
    assert pieces(html) == [*named, "<span>", "&lt;b&gt;", "<br>", "</span>", "</td>"]
