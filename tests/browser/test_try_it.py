""" "Try it" against a deployed stage: the local cloud serves the site, Swagger UI sends, the gateway answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from browser.conftest import Watched
from end_to_end.conftest import Repository, repository

__all__ = ["repository"]
pytestmark = pytest.mark.slow


def test_a_request_with_and_without_a_token(repository: Repository, watch: Callable[..., Watched]) -> None:
    out = repository.gatewright("deploy")
    assert "100 % of the document" in out
    base = "http://" + urlsplit(repository.urls()["Test"]).netloc
    watched = watch(f"{base}/docs/hello/")
    page = watched.page
    page.get_by_role("link", name="Try it").first.click()
    page.locator("#operations-greetings-getHello .opblock-summary-control").click()
    page.locator("#operations-greetings-getHello input[placeholder=foo]").fill("browser")
    page.locator("#operations-greetings-getHello button.execute").click()
    answered = page.locator("#operations-greetings-getHello .live-responses-table .response-col_status")
    answered.filter(has_text="401").wait_for()

    page.locator("button.authorize").first.click()
    page.locator(".auth-container input").fill("let-me-in")
    page.locator(".auth-btn-wrapper button.authorize").click()
    page.locator(".auth-btn-wrapper button.btn-done").click()
    page.locator("#operations-greetings-getHello button.execute").click()
    answered.filter(has_text="200").wait_for()
    body = page.locator("#operations-greetings-getHello .live-responses-table .highlight-code").first.inner_text()
    assert "Hello, browser!" in body
    elsewhere = [address for address in watched.asked if not address.startswith((base, "data:"))]
    assert not elsewhere

    page.goto(f"{base}/docs/hello/TEST/")
    sample = page.locator("#get-hello pre[data-sample=curl]").text_content() or ""
    ran = re.search(r"http://[^' ]+", sample)
    assert ran is not None
    found = page.request.get(ran[0], headers={"Authorization": "let-me-in"})
    assert json.loads(found.text())["stage"] == "TEST"
