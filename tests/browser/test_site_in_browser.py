"""The site as a reader meets it, in a real browser: from disk and over HTTP, by mouse and by keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from browser.conftest import Watched

pytestmark = pytest.mark.slow
Watch = Callable[..., Watched]
PAGES = ("index.html", "TEST/index.html", "PROD/index.html", "PROD/fidelity.html", "TEST/try.html")
SHOTS = Path(__file__).resolve().parent.parent.parent / "build" / "screenshots"
NO_OVERFLOW = "document.documentElement.scrollWidth <= innerWidth"


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_from_disk_and_over_http(
    name: str, hello: Path, watch: Watch, served: Callable[[Path], str]
) -> None:
    for base in (hello.as_uri(), served(hello)):
        watched = watch(f"{base}/{name}")
        watched.page.wait_for_load_state("networkidle")
        assert "hello" in watched.page.inner_text("body").lower()
        assert watched.page.locator("main").count() == 1
        watched.clean(base)


def test_links_lead_from_page_to_page(hello: Path, watch: Watch) -> None:
    watched = watch((hello / "index.html").as_uri())
    page = watched.page
    page.get_by_role("link", name="Reference").first.click()
    page.wait_for_url("**/TEST/index.html")
    page.get_by_role("navigation", name="Stages").get_by_role("link", name="PROD").click()
    page.wait_for_url("**/PROD/index.html")
    page.get_by_role("link", name="What is coming").click()
    page.wait_for_url("**/index.html#coming")
    page.go_back()
    page.get_by_role("link", name="Try it").click()
    page.get_by_text("Greet someone in a language").wait_for()
    watched.clean("file:")


def test_search_finds_by_every_word_and_goes_there(hello: Path, watch: Watch) -> None:
    page = watch((hello / "PROD/index.html").as_uri()).page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("post greet")
    visible = page.locator("#side .group li:visible")
    assert visible.count() == 1
    assert "1 found" in page.inner_text("#found")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html#post-hello")
    page.fill("#search", "nothing is called this")
    assert visible.count() == 0
    page.press("#search", "Escape")
    assert visible.count() > 3


def test_a_deep_link_shows_what_it_names(hello: Path, watch: Watch) -> None:
    page = watch((hello / "PROD/index.html").as_uri() + "#post-hello").page
    page.wait_for_function("Math.abs(document.getElementById('post-hello').getBoundingClientRect().top) < 120")
    assert page.locator("#side a[aria-current]").inner_text().startswith("POST")


def test_a_recursive_model_opens_as_deep_as_one_goes(hostile: Path, watch: Watch) -> None:
    page = watch((hostile / "TEST/index.html").as_uri()).page
    place = page.locator("#model-node > .told > .rows").first
    for _ in range(4):
        opened = place.locator(":scope > li > .about > details.open-model").first
        opened.locator(":scope > summary").click()
        place = opened.locator(":scope > .rows")
        place.wait_for()
        assert "value" in place.inner_text()


def test_nothing_of_a_hostile_document_runs(hostile: Path, watch: Watch, served: Callable[[Path], str]) -> None:
    for base in (hostile.as_uri(), served(hostile)):
        for name in ("index.html", "TEST/index.html", "TEST/fidelity.html", "TEST/try.html"):
            watched = watch(f"{base}/{name}")
            page = watched.page
            page.wait_for_load_state("networkidle")
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            page.wait_for_timeout(200)
            assert page.evaluate("window.harmed") is None
            assert page.evaluate("Object.prototype.type") is None
            elsewhere = [one for one in watched.asked if not one.startswith((base, "data:"))]
            assert not elsewhere
            assert not [said for said in watched.wrong if "dialog" in said or "threw" in said], watched.wrong


def test_samples_change_everywhere_and_stay_chosen(hello: Path, watch: Watch, served: Callable[[Path], str]) -> None:
    page = watch(served(hello) + "/PROD/index.html").page
    page.locator("#get-hello button", has_text="Python").click()
    for name in ("get-hello", "post-hello"):
        assert "urllib" in (page.locator(f"#{name} pre:not([hidden])").first.text_content() or "")
    page.reload()
    assert "urllib" in (page.locator("#post-hello pre:not([hidden])").first.text_content() or "")


def test_light_and_dark_follow_the_system_and_the_reader(hello: Path, watch: Watch) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    light = watch((hello / "PROD/index.html").as_uri(), color_scheme="light").page
    dark = watch((hello / "PROD/index.html").as_uri(), color_scheme="dark").page
    assert light.evaluate(colour) != dark.evaluate(colour)
    light.click("#theme")
    assert light.evaluate(colour) == dark.evaluate(colour)
    light.reload()
    assert light.evaluate(colour) == dark.evaluate(colour)


def test_the_keyboard_reaches_the_content_first(hello: Path, watch: Watch) -> None:
    page = watch((hello / "PROD/index.html").as_uri()).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(name: str, scheme: str, hello: Path, watch: Watch) -> None:
    """axe-core: contrast, landmarks, names, order of headings. Swagger UI's own inside is its makers' matter."""
    from axe_playwright_python.sync_playwright import Axe

    page = watch((hello / name).as_uri(), color_scheme=scheme, bypass_csp=True).page
    page.wait_for_load_state("networkidle")
    page.add_style_tag(content="article { content-visibility: visible !important; }")
    context = {"exclude": [["#swagger-ui"]]}
    found = Axe().run(page, context=context, options={"resultTypes": ["violations"]})
    problems = [
        (one["id"], node["html"][:160], node.get("failureSummary", "")[:300])
        for one in found.response["violations"]
        for node in one["nodes"][:3]
    ]
    assert not problems, problems


@pytest.mark.parametrize(
    ("kind", "width", "scheme"), [("light", 1440, "light"), ("dark", 1440, "dark"), ("phone", 390, "light")]
)
def test_pages_fit_their_window(kind: str, width: int, scheme: str, hello: Path, hostile: Path, watch: Watch) -> None:
    """No page scrolls sideways; what they look like is kept in build/screenshots for eyes."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for folder, name in ((hello, "index"), (hello, "PROD/index"), (hello, "PROD/fidelity"), (hostile, "TEST/index")):
        page = watch(
            (folder / f"{name}.html").as_uri(), viewport={"width": width, "height": 900}, color_scheme=scheme
        ).page
        assert page.evaluate(NO_OVERFLOW), f"{name} is wider than its window"
        page.screenshot(path=SHOTS / f"{folder.name.rstrip('0')}-{name.replace('/', '-')}-{kind}.png")


def test_a_phone_has_a_menu(hello: Path, watch: Watch) -> None:
    page = watch((hello / "PROD/index.html").as_uri(), viewport={"width": 390, "height": 844}).page
    assert not page.locator("#side").is_visible()
    page.click("#menu")
    assert page.get_attribute("#menu", "aria-expanded") == "true"
    page.locator("#side a", has_text="Greet someone in a language").click()
    assert not page.locator("#side").is_visible()
    page.wait_for_url("**/index.html#post-hello")


def test_print_shows_the_content_alone(hello: Path, watch: Watch) -> None:
    page = watch((hello / "PROD/index.html").as_uri()).page
    page.emulate_media(media="print")
    assert not page.locator("#side").is_visible()
    assert not page.locator("header.bar").is_visible()
    assert page.locator("#post-hello h3").is_visible()
    folded = page.locator("main details:not([open]):not([data-model])")
    before = folded.count()
    assert before > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert folded.count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert folded.count() == before


def test_downloads_are_whole_and_valid(
    hello: Path, watch: Watch, served: Callable[[Path], str], tmp_path: Path
) -> None:
    """One by a click; the browser holds back a page that starts many, so the others by their links."""
    from openapi_spec_validator import validate

    base = served(hello) + "/PROD/"
    page = watch(base + "index.html").page
    links = page.locator("#downloads a[download]")
    with page.expect_download() as waiting:
        links.nth(2).click()
    waiting.value.save_as(tmp_path / "openapi.json")
    assert (tmp_path / "openapi.json").read_bytes() == (hello / "PROD/published/openapi.json").read_bytes()
    addresses = [link.get_attribute("href") or "" for link in links.all()]
    assert len(addresses) == 12
    for address in addresses:
        text = page.request.get(base + address).text()
        assert text == (hello / "PROD" / address).read_text(encoding="utf-8")
        if address.startswith("published/"):
            validate(json.loads(text) if address.endswith("json") else yaml.safe_load(text))


def test_a_large_api_stays_usable(large: Path, watch: Watch) -> None:
    watched = watch((large / "TEST/index.html").as_uri())
    page = watched.page
    page.locator("#get-things-0 pre").first.wait_for()
    assert sum("/parts/" in address for address in watched.asked) < 8
    page.fill("#search", "operation 997")
    page.press("#search", "Enter")
    page.locator("#put-things-249 pre").first.wait_for()
    page.wait_for_function("Math.abs(document.getElementById('put-things-249').getBoundingClientRect().top) < 400")
    page.locator("#put-things-249 .answer .media a").click()
    page.locator("#model-thing249 .rows").wait_for()
    model = page.locator("#model-thing249 details.open-model")
    model.first.locator(":scope > summary").click()
    model.first.locator(":scope > .rows").wait_for()
    watched.clean("file:")
