"""A real browser: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.waiting import PATIENCE

SCREENSHOTS = Path(settings.BASE_DIR) / "screenshots"
LOOKS: list[tuple[int, Literal["light", "dark"]]] = [
    (width, scheme) for width in (360, 1280) for scheme in ("light", "dark")
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Where Chromium is; skips without it, or fails where it is required."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("Chromium is required here: install Debian's chromium.")
        pytest.skip("needs Chromium (Debian's package chromium)")
    return path


@contextmanager
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


class Visitor:
    """Somebody with a browser of his own; keeps an eye on what goes wrong in it."""

    def __init__(self, browser: Browser, url: str, *, javascript: bool = True) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=url, java_script_enabled=javascript
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: object) -> None:
        if getattr(message, "type", "") == "error":
            text = str(getattr(message, "text", ""))
            # Chromium reports the status of pages that are meant to be refused.
            if "Failed to load resource" not in text:
                self.complaints.append(text)

    def shoot(self, name: str) -> None:
        """Keep the page as phones and desktops show it, by day and by night."""
        SCREENSHOTS.mkdir(exist_ok=True)
        for width, scheme in LOOKS:
            self.page.set_viewport_size({"width": width, "height": 800})
            # Without motion: colours would be caught half-way between day and night.
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.page.screenshot(
                path=SCREENSHOTS / f"{name}-{width}-{scheme}.png", full_page=True
            )
            self._must_fit(name, width)
        self._must_be_accessible(name)

    def _must_fit(self, name: str, width: int) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} wide at {width}"

    def _must_be_accessible(self, name: str) -> None:
        if "admin" in name:
            return
        found = Axe().run(self.page).response["violations"]
        assert not found, f"{name}: {[(one['id'], one['help']) for one in found]}"

    def close(self) -> None:
        self.context.close()
        assert self.complaints == []
