"""The whole way: from a fresh repository to a promoted, rolled back and documented API, over HTTP and boto3."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import boto3
import yaml

from end_to_end.conftest import TOKEN, Repository, call

NEW_PATH = """  /goodbye:
    get:
      operationId: getGoodbye
      summary: Take leave
      responses:
        "200": {description: The farewell.}
      security:
        - api-authorizer: []
      x-amazon-apigateway-integration:
        type: mock
        passthroughBehavior: when_no_match
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default:
            statusCode: "200"
            responseTemplates: {application/json: '{"message": "Goodbye"}'}

definitions:
"""


def test_the_whole_way(repository: Repository) -> None:
    first = repository.gatewright("deploy")
    assert "0 errors, 0 warnings" in first
    assert re.search(r"release +1 +TEST and PROD run it", first)
    assert "AWS::Lambda::Function" in first
    stages = dict(re.findall(r"^(\w+)InvokeURL: (\S+)$", first, re.MULTILINE))
    test, prod = stages["Test"], stages["Prod"]

    curl = next(line for line in first.splitlines() if line.startswith("Try it: ")).removeprefix("Try it: ")
    pasted = subprocess.run([*shlex.split(curl), "--silent"], capture_output=True, check=True)
    assert json.loads(pasted.stdout)["message"] == "Hello, world!"

    again = repository.gatewright("deploy")
    assert "unchanged" in again
    assert "uploaded" not in again
    assert "change set" not in again

    # code: the first stage has it, the second does not
    repository.edit("lambdas/hello/handler.py", '"en": "Hello"', '"en": "Howdy"')
    assert re.search(r"release +2 +TEST runs it", repository.gatewright("deploy"))
    assert call(f"{test}/hello?foo=x", TOKEN) == (200, {"message": "Howdy, x!", "stage": "TEST", "release": "2"})
    assert call(f"{prod}/hello?foo=x", TOKEN) == (200, {"message": "Hello, x!", "stage": "PROD", "release": "1"})

    # a path: the first stage has it, the second does not know it
    repository.edit("spec/hello/swagger.yaml", "definitions:\n", NEW_PATH)
    assert re.search(r"release +3 +TEST runs it", repository.gatewright("deploy"))
    assert call(f"{test}/goodbye", TOKEN) == (200, {"message": "Goodbye"})
    assert call(f"{prod}/goodbye", TOKEN) == (403, {"message": "Missing Authentication Token"})

    # promote: code and paths
    repository.gatewright("promote")
    assert call(f"{prod}/goodbye", TOKEN) == (200, {"message": "Goodbye"})
    assert call(f"{prod}/hello?foo=x", TOKEN)[1]["message"] == "Howdy, x!"

    # back, to any, and forward again
    repository.gatewright("rollback")
    assert call(f"{prod}/goodbye", TOKEN)[0] == 403
    assert call(f"{prod}/hello?foo=x", TOKEN)[1] == {"message": "Hello, x!", "stage": "PROD", "release": "1"}
    nothing_before = repository.run("rollback")
    assert nothing_before.code == 1
    assert "no release before 1" in nothing_before.err
    repository.gatewright("rollback", "--to", "2")
    assert call(f"{prod}/hello?foo=x", TOKEN)[1]["release"] == "2"
    repository.gatewright("rollback", "--stage", "TEST")
    assert call(f"{test}/goodbye", TOKEN)[0] == 403
    assert "← TEST, PROD" in repository.gatewright("releases")
    assert re.search(r"TEST +release 2 .*hello:2", repository.gatewright("status"))

    # unchanged content after a rollback: back to the release that the template holds, and no new one
    assert "release      3" in repository.gatewright("deploy")
    assert call(f"{test}/goodbye", TOKEN)[0] == 200

    check_exports(repository)
    check_boto3(repository)
    assert "gone with it: stacks: 1" in repository.gatewright("local", "stop")


def check_exports(repository: Repository) -> None:
    printed = repository.gatewright("export", "hello", "--stage", "PROD", "--type", "oas30", "--format", "json")
    assert json.loads(printed)["openapi"].startswith("3.0")
    for stage, has_goodbye in (("TEST", True), ("PROD", False)):
        for folder, has_integration in (("aws", False), ("aws-extensions", True)):
            for name in ("swagger.json", "swagger.yaml", "openapi.json", "openapi.yaml"):
                text = (repository.root / "build/hello/docs" / stage / folder / name).read_text(encoding="utf-8")
                document = json.loads(text) if name.endswith("json") else yaml.safe_load(text)
                assert ("/goodbye" in document["paths"]) == has_goodbye
                operation = document["paths"]["/hello"]["get"]
                assert ("x-amazon-apigateway-integration" in operation) == has_integration
    assert (repository.root / "build/hello/docs/index.html").is_file()


def check_boto3(repository: Repository) -> None:
    """Any boto3 script talks to the local cloud with what `local env` prints."""
    lines = [line.removeprefix("export ") for line in repository.gatewright("local", "env").splitlines()]
    exports = {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}
    session = boto3.session.Session(
        aws_access_key_id=exports["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=exports["AWS_SECRET_ACCESS_KEY"],
        region_name=exports["AWS_DEFAULT_REGION"],
    )

    def client(service: str) -> object:
        return session.client(service, endpoint_url=exports["AWS_ENDPOINT_URL"])

    [stack] = client("cloudformation").describe_stacks()["Stacks"]  # type: ignore[attr-defined]
    outputs = {output["OutputKey"] for output in stack["Outputs"]}
    assert outputs == {"ARN", "HelloArn", "AuthorizerArn", "TestInvokeURL", "ProdInvokeURL"}
    aliases = client("lambda").list_aliases(FunctionName="hello-hello")["Aliases"]  # type: ignore[attr-defined]
    assert {alias["Name"]: alias["FunctionVersion"] for alias in aliases} == {"TEST": "2", "PROD": "2"}


def test_the_built_template_is_the_same_on_every_machine(repository: Repository, tmp_path: Path) -> None:
    repository.gatewright("build")
    built = repository.root / "build/hello/template.yaml"
    before = built.read_bytes()
    for path in (repository.root / "build").rglob("*"):
        if path.is_file():
            path.unlink()
    repository.gatewright("build")
    assert built.read_bytes() == before
