"""The files of a site: complete, linked, valid, nothing from elsewhere, and nothing that runs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from posixpath import dirname, join, normpath

import pytest
import yaml

from docs import documents
from docs.released import stage_source
from gatewright.docs import site, stage_page
from gatewright.docs.changes import Release
from gatewright.docs.fidelity import Fate
from gatewright.docs.published import StageSource


class Links(HTMLParser):
    """Every address, id and inline script of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.handlers: list[str] = []
        self.scripts: list[str | None] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        wanted = [value for key, value in attributes if key in ("href", "src") and value]
        self.addresses += wanted
        self.fetched += wanted if tag != "a" else []
        self.ids += [value for key, value in attributes if key == "id" and value]
        self.handlers += [key for key in found if key.startswith("on")]
        if tag == "script":
            self.scripts.append(found.get("src"))


def parsed(page: bytes) -> Links:
    links = Links()
    links.feed(page.decode())
    return links


@pytest.fixture(scope="module")
def hello() -> site.Site:
    before, after = documents.hello(), documents.changed_hello()
    return site.build(
        "hello",
        (stage_source(after, "TEST", release=2), stage_source(before, "PROD", release=1)),
        (Release(1, "2026-01-01T00:00:00+00:00", "", before), Release(2, "2026-01-02T00:00:00+00:00", "", after)),
    )


@pytest.fixture(scope="module")
def hostile() -> site.Site:
    return site.build("hostile", (stage_source(documents.hostile(), "TEST"),))


def test_every_stage_has_every_file(hello: site.Site) -> None:
    for stage in ("TEST", "PROD"):
        for folder in ("aws", "aws-extensions", "published"):
            for kind in ("swagger", "openapi"):
                for form in ("json", "yaml"):
                    text = hello.files[f"{stage}/{folder}/{kind}.{form}"]
                    data = json.loads(text) if form == "json" else yaml.safe_load(text)
                    assert "/hello" in data["paths"]
        for page in ("index.html", "try.html", "fidelity.html", "fidelity.json", "published.js"):
            assert hello.files[f"{stage}/{page}"]
    assert hello.scores == {"TEST": 100, "PROD": 100}
    assert list(hello.files)[-1] == "index.html"


def test_both_forms_of_a_published_document_are_the_same(hello: site.Site) -> None:
    for kind in ("swagger", "openapi"):
        text = hello.files[f"PROD/published/{kind}.json"]
        assert json.loads(text) == yaml.safe_load(hello.files[f"PROD/published/{kind}.yaml"])


@pytest.mark.parametrize("which", ["hello", "hostile"])
def test_every_link_leads_somewhere_within_the_site(which: str, request: pytest.FixtureRequest) -> None:
    made: site.Site = request.getfixturevalue(which)
    pages = {path: parsed(content) for path, content in made.files.items() if path.endswith(".html")}
    for path, links in pages.items():
        assert len(links.ids) == len(set(links.ids)), path
        for address in links.addresses:
            if re.match(r"[a-z]+:|//", address):
                assert address == "data:," or address not in links.fetched, f"{path} fetches {address}"
                continue
            target, _, anchor = address.partition("#")
            place = normpath(join(dirname(path), target)) if target else path
            assert place in made.files, f"{path}: {address}"
            if anchor:
                assert anchor in pages[place].ids, f"{path}: {address}"


@pytest.mark.parametrize("which", ["hello", "hostile"])
def test_nothing_runs_but_the_sites_own_scripts(which: str, request: pytest.FixtureRequest) -> None:
    made: site.Site = request.getfixturevalue(which)
    for path, content in made.files.items():
        if path.endswith(".html"):
            links = parsed(content)
            assert not links.handlers
            assert all(script and (site.ASSETS in script or script == "published.js") for script in links.scripts)
            assert b"Content-Security-Policy" in content
            assert b"unsafe-eval" not in content


def test_a_hostile_document_is_shown_as_it_is(hostile: site.Site) -> None:
    page = hostile.files["TEST/index.html"].decode()
    assert "&lt;script&gt;window.harmed = 1&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "مرحبا" in page
    assert "🎉" in page
    assert page.count("long text") >= 2000
    assert hostile.scores == {"TEST": 100}


def test_the_page_says_where_the_token_goes_and_how_errors_look(hello: site.Site) -> None:
    page = hello.files["PROD/index.html"].decode()
    for words in (
        "In the header Authorization of every request.",
        "Authorization: YOUR_TOKEN",
        "Unauthorized",
        "User is not authorized to access this resource",
        "Missing required request parameters",
        "https://abcdef1234.execute-api.us-east-1.amazonaws.com/PROD/hello",
    ):
        assert words in page
    assert "Needs no token." in page


def test_what_is_coming_stands_on_both_pages(hello: site.Site) -> None:
    landing, page = hello.files["index.html"].decode(), hello.files["PROD/index.html"].decode()
    assert landing.index("POST /hello") < landing.index("GET /goodbye")
    assert "1 breaking" in page
    assert "1 breaking" not in hello.files["TEST/index.html"].decode()
    assert json.loads(hello.files["changelog.json"])["releases"][0]["stages"] == ["TEST"]


def test_the_fidelity_report_counts_every_element(hello: site.Site) -> None:
    report = json.loads(hello.files["PROD/fidelity.json"])
    assert report["score"] == 100
    assert sum(report["counts"].values()) == len(report["elements"])
    assert report["counts"][Fate.LOST] == 0
    assert {"pointer": "/info/title", "fate": "in AWS's export"} in report["elements"]
    validator = "/paths/~1hello/get/x-amazon-apigateway-request-validator"
    said = {one["pointer"]: one for one in report["elements"]}
    assert said[validator]["why"] == "with its extensions"
    integration = said["/paths/~1hello/get/x-amazon-apigateway-integration/type"]
    assert (integration["fate"], integration["why"]) == ("not publishable", "an integration")


def test_a_large_api_has_a_small_page_and_parts() -> None:
    made = site.build("large", (stage_source(documents.large(400), "TEST"),))
    page = made.files["TEST/index.html"]
    links = parsed(page)
    parts = [path for path in made.files if path.startswith("TEST/parts/")]
    assert len(parts) == -(-(400 + 100) // stage_page.AT_ONCE)
    assert len(page) < 700 * 500
    later = set(re.findall(r'id="([^"]+)" class="(?:operation|model) later"', page.decode()))
    told: dict[str, str] = {}
    for path in parts:
        text = made.files[path].decode()
        told |= json.loads(text.removeprefix("gatewrightPart(").removesuffix(");\n"))
    assert set(told) == later
    assert later <= set(links.ids)


def test_a_stage_without_its_document_has_what_aws_exports() -> None:
    source = stage_source(documents.hello(), "PROD", release=None)
    bare = StageSource(source.name, source.url, source.exports)
    made = site.build("hello", (bare,))
    assert made.scores == {"PROD": None}
    assert "PROD/fidelity.html" not in made.files
    assert "Greet someone" in made.files["PROD/index.html"].decode()


def test_the_same_input_makes_the_same_site(hello: site.Site) -> None:
    again = site.build("hello", (stage_source(documents.changed_hello(), "TEST", release=2),))
    once = site.build("hello", (stage_source(documents.changed_hello(), "TEST", release=2),))
    assert again.files == once.files


@pytest.mark.parametrize(
    ("throttle", "words"),
    [((50.0, 100), "At most 50 requests a second, and 100 at once"), (None, "This stage has no limit of its own")],
)
def test_the_page_says_how_often_one_may_call(throttle: tuple[float, int] | None, words: str) -> None:
    source = replace(stage_source(documents.hello(), "PROD"), throttle=throttle)
    assert words in site.build("hello", (source,)).files["PROD/index.html"].decode()
