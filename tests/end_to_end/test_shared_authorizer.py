"""One authorizer for several APIs: its own stack, its own versions, and promotions that say when they do not match."""

from __future__ import annotations

import json
import re
import shutil

import boto3
import pytest

from end_to_end.conftest import ROOT, TOKEN, Repository, call

SETTINGS = '\n[tool.gatewright.authorizer]\nfunction = "authorizer"\nstack = "gatekeeper"\n'
HANDLER = "lambdas/authorizer/handler.py"


@pytest.fixture
def shared(repository: Repository) -> Repository:
    """Two APIs, hello and again, that share the authorizer."""
    shutil.copytree(repository.root / "spec/hello", repository.root / "spec/again")
    repository.edit("spec/again/swagger.yaml", "title: hello", "title: again")
    settings = repository.root / "pyproject.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    return repository


def urls_of(text: str) -> list[str]:
    return re.findall(r"TestInvokeURL: (\S+)$", text, re.MULTILINE)


def test_two_apis_call_one_authorizer(shared: Repository) -> None:
    first = shared.gatewright("deploy")
    assert first.index("stack        gatekeeper") < min(
        first.index(f"stack        {api}") for api in ("again", "hello")
    )
    assert "AuthorizerFunction" not in first.partition("again │ ")[2]
    for url in urls_of(first):
        assert call(f"{url}/hello?foo=x", TOKEN)[0] == 200
        assert call(f"{url}/hello?foo=x")[0] == 401
        assert call(f"{url}/hello?foo=x", {"Authorization": "no"})[0] == 403
    again = shared.gatewright("deploy")
    assert "unchanged    the shared authorizer gatekeeper-authorizer" in again
    assert "change set" not in again

    # another version: TEST's callers meet it at once, PROD's when it is promoted
    shared.edit("lambdas/authorizer/handler.py", '"token-holder"', '"holder-of-a-token"')
    assert "TEST runs gatekeeper-authorizer:2" in shared.gatewright("deploy")
    assert re.search(r"TEST +gatekeeper-authorizer:2\nPROD +gatekeeper-authorizer:1", status(shared))
    shared.edit("lambdas/hello/handler.py", '"en": "Hello"', '"en": "Howdy"')
    shared.gatewright("deploy", "hello")
    said = shared.gatewright("promote", "hello")
    assert "release 2 was tested with gatekeeper-authorizer:2; PROD runs gatekeeper-authorizer:1" in said
    assert "PROD runs gatekeeper-authorizer:2" in shared.gatewright("authorizer", "promote")
    assert "already" in shared.gatewright("authorizer", "promote")
    shared.edit("lambdas/hello/handler.py", '"en": "Howdy"', '"en": "Hi"')
    shared.gatewright("deploy", "hello")
    assert "was tested with" not in shared.gatewright("promote", "hello")


def status(repository: Repository) -> str:
    return repository.gatewright("authorizer", "status")


def test_without_the_authorizers_permission_nobody_is_let_in(shared: Repository) -> None:
    """The permission stands in the API's own stack: taken out of it, the gateway answers 500, as AWS does."""
    url = urls_of(shared.gatewright("deploy", "hello"))[0]
    lines = dict(line.removeprefix("export ").split("=", 1) for line in shared.gatewright("local", "env").splitlines())
    client = boto3.client(
        "lambda",
        endpoint_url=lines["AWS_ENDPOINT_URL"],
        region_name=lines["AWS_REGION"],
        aws_access_key_id=lines["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=lines["AWS_SECRET_ACCESS_KEY"],
    )
    policy = json.loads(client.get_policy(FunctionName="gatekeeper-authorizer", Qualifier="TEST")["Policy"])
    for statement in policy["Statement"]:
        assert statement["Condition"]["ArnLike"]["AWS:SourceArn"].endswith("/authorizers/*")
        client.remove_permission(FunctionName="gatekeeper-authorizer", Qualifier="TEST", StatementId=statement["Sid"])
    assert call(f"{url}/hello?foo=x", {"Authorization": "let-me-in "})[0] == 500


def test_the_authorizer_of_another_repository_is_left_alone(shared: Repository) -> None:
    shared.edit("pyproject.toml", "[tool.gatewright]\n", '[tool.gatewright]\nrepository = "one"\n')
    shared.gatewright("authorizer", "deploy")
    shared.edit("pyproject.toml", 'repository = "one"', 'repository = "two"')
    ran = shared.run("authorizer", "deploy")
    assert ran.code == 1
    assert "the stack gatekeeper belongs to the repository one, not to two" in ran.err


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('function = "authorizer"', 'function = "nobody"', "lambdas/ has no such folder"),
        ('stack = "gatekeeper"', 'stack = "hello"', "the stack of the API hello"),
        ('stack = "gatekeeper"', 'stack = "no good"', "cannot be a stack's name"),
        ('stack = "gatekeeper"', 'stak = "x"', "no setting 'stak'"),
    ],
)
def test_settings_that_cannot_be_are_one_message(shared: Repository, old: str, new: str, says: str) -> None:
    shared.edit("pyproject.toml", old, new)
    ran = shared.run("deploy")
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert "not running" in shared.run("local", "status").out


def test_a_document_may_say_authorizer_whatever_the_folder_is_called(shared: Repository) -> None:
    (shared.root / "lambdas/authorizer").rename(shared.root / "lambdas/doorman")
    shared.edit("pyproject.toml", 'function = "authorizer"', 'function = "doorman"')
    assert "0 errors" in shared.gatewright("validate", "hello")
    url = urls_of(shared.gatewright("deploy", "hello"))[0]
    assert call(f"{url}/hello?foo=x", TOKEN)[0] == 200
    assert (ROOT / HANDLER).is_file()
