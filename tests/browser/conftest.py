"""The system's Chromium, and pages that tell what they asked for, said and threw."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

from docs import documents
from docs.released import stage_source
from gatewright.docs import site
from gatewright.docs.changes import Release

NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(slots=True)
class Watched:
    """A page, every address it asked for, and everything that went wrong in it."""

    page: Page
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def clean(self, origin: str) -> None:
        """Nothing failed, and nothing was asked of anybody else."""
        assert not self.wrong, self.wrong
        elsewhere = [address for address in self.asked if not address.startswith((origin, "data:", "blob:"))]
        assert not elsewhere, elsewhere


def dismiss(watched: Watched, dialog: Dialog) -> None:
    watched.wrong.append(f"dialog: {dialog.message}")
    dialog.dismiss()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A module's, not the session's: while Playwright is open its loop runs, and no asynchronous test can."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None and not os.environ.get("CI"):
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed")
    assert path is not None, "CI must have a browser: install chromium"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture
def watch(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Open a page that is watched. Keywords are those of a browser context (viewport, color_scheme, …)."""
    contexts: list[BrowserContext] = []

    def open_page(address: str, **options: Any) -> Watched:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 1000}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        watched = Watched(page)
        page.on("request", lambda request: watched.asked.append(request.url))
        page.on("requestfailed", lambda request: watched.wrong.append(f"failed: {request.url}"))
        page.on("pageerror", lambda error: watched.wrong.append(f"threw: {error}"))
        page.on("dialog", lambda dialog: dismiss(watched, dialog))
        page.on("console", lambda said: watched.wrong.append(f"console: {said.text}") if said.type == "error" else None)
        page.goto(address)
        return watched

    yield open_page
    for context in contexts:
        context.close()


def written(folder: Path, made: site.Site) -> Path:
    for path, content in made.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


@pytest.fixture(scope="session")
def hello(tmp_path_factory: pytest.TempPathFactory) -> Path:
    before, after = documents.hello(), documents.changed_hello()
    made = site.build(
        "hello",
        (stage_source(after, "TEST", release=2), stage_source(before, "PROD", release=1)),
        (Release(1, "2026-01-01T00:00:00+00:00", "", before), Release(2, "2026-01-02T00:00:00+00:00", "", after)),
    )
    return written(tmp_path_factory.mktemp("hello"), made)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = site.build("hostile", (stage_source(documents.hostile(), "TEST"),))
    return written(tmp_path_factory.mktemp("hostile"), made)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = site.build("large", (stage_source(documents.large(1000), "TEST"),))
    return written(tmp_path_factory.mktemp("large"), made)


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture
def served() -> Iterator[Callable[[Path], str]]:
    """Serve a folder as any web server would; gives its address."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def serve(folder: Path) -> str:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(folder)))
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()
