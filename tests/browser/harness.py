"""What tests in a browser share: a served site, pages that are watched, and hands that only know the keyboard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

from qa_workflow.web.serving import Address, Server, listen, named
from tests.web.site import Site

NARROW = 320
"""CSS pixels: a small phone, and also 1280 pixels at 400 %."""
STICKING_OUT = """() => new Promise(told => {
    const fits = () => document.documentElement.scrollWidth <= innerWidth
    const wide = () => [...document.body.querySelectorAll('*')]
        .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
        .map(element => element.outerHTML.slice(0, 120)).slice(0, 8)
    const late = setTimeout(() => told([...wide(), 'something that cannot be named'].slice(0, 8)), 2000)
    const look = () => { if (fits()) { clearTimeout(late); told([]) } }
    new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true})
    look()
})"""
"""What sticks out, once the page had time to settle: the menu folds a moment after the window has changed."""
_OURS_TO_ASK = frozenset({"document", "fetch", "xhr", "eventsource"})


@dataclass(frozen=True, slots=True)
class Live:
    """A site at an address."""

    site: Site
    url: str


@contextmanager
def served(site: Site) -> Iterator[Live]:
    """The site on a port that was free."""
    server, up = Server(site.app), threading.Event()
    with listen(Address("127.0.0.1", 0)) as found:
        thread = threading.Thread(target=server.run, args=(found, up.set), name="the site", daemon=True)
        thread.start()
        assert up.wait(60), "the site did not start"
        try:
            yield Live(site, named(found).rstrip("/"))
        finally:
            server.stop(at_once=True)  # a page with a live connection would keep it up
            thread.join(10)


@dataclass
class Watch:
    """What goes wrong in a context's pages without being seen: the console, scripts, files that are missing."""

    faults: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # The browser also logs every answer of 400 and above; _answered looks at these, since a refusal is no fault.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text} ({message.location})")

    def _answered(self, response: Response) -> None:
        refused = response.status >= 400 and response.request.resource_type not in _OURS_TO_ASK
        if refused or response.status >= 500:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")


def check_accessible(page: Page) -> None:
    """axe finds nothing, links within the page lead somewhere, and it does not scroll sideways on a small phone.

    At the end it is as wide as before.
    """
    results = Axe().run(page)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
    lost = page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')]
            .map(link => decodeURIComponent(link.getAttribute('href').slice(1)))
            .filter(place => place && !document.getElementById(place))"""
    )
    assert lost == [], f"{page.url} has links to places that it does not have: {lost}"
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": NARROW, "height": 640})
    wide = page.evaluate(STICKING_OUT)
    told = "\n".join(wide)
    assert wide == [], f"{page.url} scrolls sideways at {NARROW} px; what sticks out:\n{told}"
    page.set_viewport_size(size)


class Keyboard:
    """A person without a mouse: whatever is reached is reached by Tab, as somebody would."""

    def __init__(self, page: Page, most: int = 150) -> None:
        self.page, self.most = page, most

    def reach(self, target: Locator, *, back: bool = False) -> Keyboard:
        """Tab until the target has the focus; fails where the focus is trapped or never comes there."""
        for _ in range(self.most):
            if self._is_on(target):
                return self
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"{target} is not reached within {self.most} presses of Tab")

    def press(self, target: Locator, key: str = "Enter") -> Keyboard:
        """Reach the target and press a key on it."""
        self.reach(target).page.keyboard.press(key)
        return self

    def type(self, target: Locator, text: str) -> Keyboard:
        """Reach a field and type into it."""
        self.reach(target).page.keyboard.type(text)
        return self

    @staticmethod
    def _is_on(target: Locator) -> bool:
        return bool(target.count()) and bool(target.first.evaluate("element => element === document.activeElement"))
