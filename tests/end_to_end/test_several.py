"""Several APIs: side by side, each its own stack; one that fails leaves the others going."""

from __future__ import annotations

import json
import re
import shutil

from end_to_end.conftest import TOKEN, Repository, call
from end_to_end.several import bring

SETTINGS = """
[tool.gatewright.apis.uploads]
smoke = { path = "/files/missing.txt", headers = { Authorization = "look-only" }, expect = 404 }
"""


def url_of(text: str, api: str) -> str:
    found = re.search(rf"^── {api}\n(?:.+\n)*?TestInvokeURL: (\S+)$", text, re.MULTILINE)
    assert found
    return found[1]


def test_three_apis_side_by_side(repository: Repository) -> None:
    bring(repository, "orders", "")
    bring(repository, "uploads", SETTINGS)
    first = repository.gatewright("deploy")
    assert first.count("started      the local cloud") == 1
    assert first.count("bootstrap    bucket") == 1
    assert re.findall(r"^(\w+) +done in ", first, re.MULTILINE) == ["hello", "orders", "uploads"]
    assert call(f"{url_of(first, 'hello')}/hello?foo=x", TOKEN)[0] == 200
    assert call(f"{url_of(first, 'orders')}/orders")[0] == 403
    # What is only read is shown in one piece for each API, in their order.
    status = repository.gatewright("status")
    assert re.findall(r"^── (\w+)$", status, re.MULTILINE) == ["hello", "orders", "uploads"]
    assert [plan["api"] for plan in json.loads(repository.gatewright("plan", "--format", "json"))] == [
        "hello",
        "orders",
        "uploads",
    ]

    # A shared model that breaks two of three: the third is deployed, and the line of the shared file is named.
    repository.edit("spec/shared/problem.yaml", "type: string", "type: strong")
    repository.edit("lambdas/hello/handler.py", '"en": "Hello"', '"en": "Howdy"')
    ran = repository.run("deploy")
    assert ran.code == 1
    assert re.search(r"^hello +done in", ran.out, re.MULTILINE)
    assert re.search(r"^orders +failed: .*10 errors$", ran.out, re.MULTILINE)
    assert re.search(r"^uploads +failed: .*5 errors$", ran.out, re.MULTILINE)
    assert "uploads │ spec/shared/problem.yaml:10:13: error" in ran.out
    assert "Traceback" not in ran.err
    assert call(f"{url_of(ran.out, 'hello')}/hello?foo=x", TOKEN)[1]["message"] == "Howdy, x!"


def test_a_document_that_cannot_be_read_leaves_the_others_going(repository: Repository) -> None:
    bring(repository, "orders", "")
    repository.edit("spec/orders/swagger.yaml", 'swagger: "2.0"', 'swagger: "2.0')
    ran = repository.run("build")
    assert ran.code == 1
    assert re.search(r"^hello +done in", ran.out, re.MULTILINE)
    assert re.search(r"^orders +failed: .*swagger.yaml:\d+:\d+: ", ran.out, re.MULTILINE)


def test_a_stack_of_another_api_is_left_alone(repository: Repository) -> None:
    first = repository.gatewright("deploy")
    bring(repository, "orders", '\n[tool.gatewright.apis.orders]\nstack = "hello"\n')
    ran = repository.run("deploy", "orders")
    assert (ran.code, ran.out) == (2, "")
    assert "the APIs hello and orders would both be the stack hello" in ran.err
    shutil.rmtree(repository.root / "spec/hello")
    ran = repository.run("deploy", "orders")
    assert ran.code == 1
    assert "the stack hello holds the API hello, not orders" in ran.err
    url = re.search(r"^TestInvokeURL: (\S+)$", first, re.MULTILINE)
    assert url
    assert call(f"{url[1]}/hello?foo=x", TOKEN)[0] == 200


def test_a_stack_of_another_repository_is_left_alone(repository: Repository) -> None:
    repository.edit("pyproject.toml", "[tool.gatewright]\n", '[tool.gatewright]\nrepository = "ours"\n')
    url = repository.urls()["Test"]
    assert "unchanged" in repository.gatewright("deploy")
    for other in ('repository = "theirs"', ""):
        repository.edit("pyproject.toml", 'repository = "ours"', other)
        for words in (("deploy",), ("plan",), ("destroy", "--yes")):
            ran = repository.run(*words)
            assert ran.code == 1
            assert "the stack hello belongs to the repository ours, not to" in ran.err
        if other:
            repository.edit("pyproject.toml", other, 'repository = "ours"')
    assert call(f"{url}/hello?foo=x", TOKEN)[0] == 200


def test_names_that_lambda_or_cloudformation_refuse(repository: Repository) -> None:
    long = "a" * 41
    (repository.root / "lambdas/hello").rename(repository.root / f"lambdas/{long}")
    repository.edit("spec/hello/swagger.yaml", "lambda:hello", f"lambda:{long}")
    repository.edit(
        "pyproject.toml",
        "[tool.gatewright.apis.hello]",
        '[tool.gatewright.apis.hello]\nstack = "{api}-and-more-of-its-name"',
    )
    ran = repository.run("build")
    assert ran.code == 2
    assert "is longer than Lambda's 64 characters" in ran.err
    repository.edit("pyproject.toml", "{api}-and", "{api}_and")
    assert "which CloudFormation refuses" in repository.run("build").err
