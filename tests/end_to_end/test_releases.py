"""Releases over their whole life: kept functions, users' own resources, stages with variables, drift, no source."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import boto3
import pytest

from end_to_end.conftest import TOKEN, Repository, call

EXTRA_PATH = """  /extra:
    get:
      operationId: getExtra
      summary: Count the visits
      responses:
        "200": {description: The count.}
      security:
        - api-authorizer: []
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: ${lambda:extra}

definitions:
"""
EXTRA_HANDLER = """import os

import boto3


def handler(event, context):
    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    done = table.update_item(
        Key={"id": "visits"},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return {"statusCode": 200, "body": '{"visits": %d}' % done["Attributes"]["n"]}
"""
EXTRA_SETTINGS = """timeout: 20
memory: 512
environment:
  TABLE: {Ref: Visits}
policy:
  - Effect: Allow
    Action: [dynamodb:UpdateItem]
    Resource: {Fn::GetAtt: [Visits, Arn]}
"""
TABLE = """Visits:
  Type: AWS::DynamoDB::Table
  Properties:
    BillingMode: PAY_PER_REQUEST
    AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
    KeySchema: [{AttributeName: id, KeyType: HASH}]
"""


def environment(repository: Repository) -> dict[str, str]:
    """What `local env` prints: how anything else reaches this repository's cloud."""
    lines = [line.removeprefix("export ") for line in repository.gatewright("local", "env").splitlines()]
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}


def client(repository: Repository, service: str) -> Any:
    known = environment(repository)
    return boto3.client(
        service,
        endpoint_url=known["AWS_ENDPOINT_URL"],
        aws_access_key_id=known["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=known["AWS_SECRET_ACCESS_KEY"],
        region_name=known["AWS_DEFAULT_REGION"],
    )


def add_extra(repository: Repository) -> None:
    """A second function that counts in a table of the API's own."""
    (repository.root / "lambdas/extra").mkdir()
    (repository.root / "lambdas/extra/handler.py").write_text(EXTRA_HANDLER)
    (repository.root / "lambdas/extra/function.yaml").write_text(EXTRA_SETTINGS)
    (repository.root / "spec/hello/resources.yaml").write_text(TABLE)
    repository.edit("spec/hello/swagger.yaml", "definitions:\n", EXTRA_PATH)


def release_of(url: str) -> Any:
    return call(f"{url}/hello?foo=x", TOKEN)[1]["release"]


def test_a_dropped_function_stays_for_the_releases_that_use_it(repository: Repository) -> None:
    add_extra(repository)
    urls = repository.urls()
    assert call(f"{urls['Test']}/extra", TOKEN) == (200, {"visits": 1})
    assert call(f"{urls['Prod']}/extra", TOKEN) == (200, {"visits": 2})

    repository.edit("spec/hello/swagger.yaml", EXTRA_PATH, "definitions:\n")
    repository.edit("lambdas/hello/handler.py", '"en": "Hello"', '"en": "Howdy"')
    assert re.search(r"release +2 +TEST runs it", repository.gatewright("deploy"))
    assert call(f"{urls['Test']}/extra", TOKEN)[0] == 403
    assert call(f"{urls['Prod']}/extra", TOKEN) == (200, {"visits": 3})
    assert "unchanged" in repository.gatewright("deploy")

    refused = repository.run("promote")
    assert refused.code == 1
    assert "BREAKING" in refused.out
    repository.gatewright("promote", "--allow-breaking")
    assert call(f"{urls['Prod']}/extra", TOKEN)[0] == 403

    # a release later, and all the way back: the function answers as it did
    repository.edit("lambdas/hello/handler.py", '"en": "Howdy"', '"en": "Hey"')
    repository.gatewright("deploy")
    repository.gatewright("promote")
    assert release_of(urls["Prod"]) == "3"
    repository.gatewright("rollback", "--to", "1")
    assert call(f"{urls['Prod']}/extra", TOKEN) == (200, {"visits": 4})
    assert release_of(urls["Prod"]) == "1"


def test_promotes_from_a_folder_without_source(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    urls = repository.urls()
    repository.edit("lambdas/hello/handler.py", '"en": "Hello"', '"en": "Howdy"')
    repository.gatewright("deploy")
    known = environment(repository)
    empty = Repository(tmp_path_factory.mktemp("empty"))
    known["GATEWRIGHT_ENDPOINT_URL"] = known.pop("AWS_ENDPOINT_URL")
    assert "← TEST" in empty.run("releases", "hello", **known).out
    done = empty.run("promote", "hello", **known)
    assert done.code == 0, done.out + done.err
    assert release_of(urls["Prod"]) == "2"
    # a promotion changes parameters alone: the stage and its aliases, never a function or the API
    changed = set(re.findall(r"^ +[~±+-] \w+ +(AWS::\S+)", done.out, re.MULTILINE))
    assert changed == {"AWS::ApiGateway::Stage", "AWS::Lambda::Alias"}
    assert empty.run("rollback", "hello", **known).code == 0
    assert release_of(urls["Prod"]) == "1"
    unnamed = empty.run("promote", **known)
    assert unnamed.code == 2
    assert "no Gatewright repository" in unnamed.err
    elsewhere = empty.run("promote", "hello", "--endpoint-url", "http://cloud.example:80")
    assert elsewhere.code == 2
    assert not list(Path(empty.root).glob("spec*"))


def test_stages_with_variables_move_one_after_the_other(repository: Repository) -> None:
    with (repository.root / "pyproject.toml").open("a") as settings:
        for name in ("V1", "V2", "V3"):
            settings.write(f'[tool.gatewright.stages.{name}]\nalias = "{name.lower()}"\n')
            settings.write(f'variables = {{ colour = "{name}-red" }}\n')
    urls = repository.urls()
    gateway = client(repository, "apigateway")
    api = re.search(r"/restapis/(\w+)/", urls["V1"])
    assert api

    def colours() -> list[str]:
        return [
            gateway.get_stage(restApiId=api[1], stageName=name)["variables"]["colour"] for name in ("V1", "V2", "V3")
        ]

    assert colours() == ["V1-red", "V2-red", "V3-red"]
    repository.edit("pyproject.toml", '-red"', '-blue"')
    repository.edit("lambdas/hello/handler.py", '"en": "Hello"', '"en": "Howdy"')
    repository.gatewright("deploy")
    assert colours() == ["V1-blue", "V2-red", "V3-red"]
    assert [release_of(urls[name]) for name in ("V1", "V2", "V3")] == ["2", "1", "1"]
    repository.gatewright("promote", "--stage", "V2")
    assert colours() == ["V1-blue", "V2-blue", "V3-red"]
    assert [release_of(urls[name]) for name in ("V1", "V2", "V3")] == ["2", "2", "1"]
    repository.gatewright("promote")
    assert colours() == ["V1-blue", "V2-blue", "V3-blue"]
    assert release_of(urls["V3"]) == "2"
    repository.gatewright("rollback")
    assert colours() == ["V1-blue", "V2-blue", "V3-red"]


def test_what_was_changed_by_hand_is_not_promoted(repository: Repository) -> None:
    urls = repository.urls()
    repository.edit("lambdas/hello/handler.py", '"en": "Hello"', '"en": "Howdy"')
    repository.gatewright("deploy")
    functions = client(repository, "lambda")
    functions.update_alias(FunctionName="hello-hello", Name="TEST", FunctionVersion="1")
    refused = repository.run("promote")
    assert refused.code == 1
    assert "hello:1 instead of hello:2" in refused.err
    assert release_of(urls["Prod"]) == "1"
    functions.update_alias(FunctionName="hello-hello", Name="TEST", FunctionVersion="2")
    repository.gatewright("promote")
    assert release_of(urls["Prod"]) == "2"


def test_records_left_half_written_are_finished(repository: Repository) -> None:
    """As a crash leaves them between the stack's change and its record: a manifest "pending", a history behind."""
    urls = repository.urls()
    repository.edit("lambdas/hello/handler.py", '"en": "Hello"', '"en": "Howdy"')
    repository.gatewright("deploy")
    bucket = client(repository, "s3")
    name = bucket.list_buckets()["Buckets"][0]["Name"]
    [key] = [entry["Key"] for entry in bucket.list_objects_v2(Bucket=name, Prefix="hello/releases/000002-")["Contents"]]
    manifest = json.loads(bucket.get_object(Bucket=name, Key=key)["Body"].read())
    broken = {**manifest, "state": "pending", "deployment": "", "functions": {}, "exports": {}}
    bucket.put_object(Bucket=name, Key=key, Body=json.dumps(broken).encode())
    history = {"schema": 1, "current": 1, "previous": []}
    bucket.put_object(Bucket=name, Key="hello/stages/TEST.json", Body=json.dumps(history).encode())

    said = repository.gatewright("promote")
    assert "finished the record of release 2" in said
    assert "TEST runs release 2; its history says so now" in said
    assert release_of(urls["Prod"]) == "2"
    assert json.loads(bucket.get_object(Bucket=name, Key=key)["Body"].read()) == manifest
    assert json.loads(bucket.get_object(Bucket=name, Key="hello/stages/TEST.json")["Body"].read())["previous"] == [1]


def keys(repository: Repository, prefix: str) -> list[str]:
    bucket = client(repository, "s3")
    name = bucket.list_buckets()["Buckets"][0]["Name"]
    return [entry["Key"] for entry in bucket.list_objects_v2(Bucket=name, Prefix=prefix).get("Contents", [])]


def test_prune_leaves_all_that_anything_uses(repository: Repository) -> None:
    add_extra(repository)
    urls = repository.urls()
    repository.edit("spec/hello/swagger.yaml", EXTRA_PATH, "definitions:\n")
    greeting = "Hello"
    for word in ("Howdy", "Hey", "Hi"):
        repository.edit("lambdas/hello/handler.py", f'"en": "{greeting}"', f'"en": "{word}"')
        repository.gatewright("deploy")
        greeting = word
    assert release_of(urls["Test"]) == "4"
    gateway, functions = client(repository, "apigateway"), client(repository, "lambda")
    api = re.search(r"/restapis/(\w+)/", urls["Prod"])
    assert api

    # PROD runs release 1 and its function: only 2 and 3 can go
    said = repository.gatewright("prune", "--keep", "1")
    assert re.findall(r"pruned +release (\d)", said) == ["2", "3"]
    assert call(f"{urls['Prod']}/extra", TOKEN) == (200, {"visits": 1})
    assert len(gateway.get_deployments(restApiId=api[1])["items"]) == 2
    assert len(gateway.get_documentation_versions(restApiId=api[1])["items"]) == 2
    listed = functions.list_versions_by_function(FunctionName="hello-hello")["Versions"]
    assert {version["Version"] for version in listed} == {"$LATEST", "1", "4"}
    assert [key.partition("releases/")[2][:6] for key in keys(repository, "hello/releases/")] == ["000001", "000004"]
    assert len(keys(repository, "hello/functions/hello-")) == 2
    assert "none is left to prune" in repository.gatewright("prune", "--keep", "1")
    gone = repository.run("rollback", "--to", "2")
    assert gone.code == 1
    assert "no release 2" in gone.err

    # nobody can go back to release 1 any more: the function goes, the table of the API's own stays
    repository.gatewright("promote", "--allow-breaking")
    said = repository.gatewright("prune", "--keep", "1")
    assert re.search(r"pruned +function extra", said)
    assert re.findall(r"pruned +release (\d)", said) == ["1"]
    assert {function["FunctionName"] for function in functions.list_functions()["Functions"]} == {
        "hello-hello",
        "hello-authorizer",
    }
    assert release_of(urls["Test"]) == release_of(urls["Prod"]) == "4"
    assert "unchanged" in repository.gatewright("deploy")
    nothing = repository.run("rollback")
    assert nothing.code == 1
    assert "no release before 4" in nothing.err


def test_a_prune_that_was_cut_off_is_ended_by_the_next(repository: Repository) -> None:
    """As a crash leaves it: a manifest that is marked, its deployment gone, the rest still there."""
    urls = repository.urls()
    for old, new in (("Hello", "Howdy"), ("Howdy", "Hey")):
        repository.edit("lambdas/hello/handler.py", f'"en": "{old}"', f'"en": "{new}"')
        repository.gatewright("deploy")
    repository.gatewright("promote")
    bucket = client(repository, "s3")
    name = bucket.list_buckets()["Buckets"][0]["Name"]
    [key] = keys(repository, "hello/releases/000001-")
    manifest = json.loads(bucket.get_object(Bucket=name, Key=key)["Body"].read())
    bucket.put_object(Bucket=name, Key=key, Body=json.dumps({**manifest, "state": "pruned"}).encode())
    client(repository, "apigateway").delete_deployment(
        restApiId=manifest["api_id"], deploymentId=manifest["deployment"]
    )

    said = repository.gatewright("prune", "--keep", "2")
    assert "release 1 was half pruned by an earlier command; going on" in said
    assert not keys(repository, "hello/releases/000001-")
    assert "release 1 " not in repository.gatewright("releases")
    repository.gatewright("rollback", "--to", "2")
    assert release_of(urls["Prod"]) == "2"


def test_prune_keeps_what_a_canary_uses(repository: Repository) -> None:
    urls = repository.urls()
    for old, new in (("Hello", "Howdy"), ("Howdy", "Hey")):
        repository.edit("lambdas/hello/handler.py", f'"en": "{old}"', f'"en": "{new}"')
        repository.gatewright("deploy")
    repository.gatewright("promote")
    gateway = client(repository, "apigateway")
    api = re.search(r"/restapis/(\w+)/", urls["Prod"])
    assert api
    second = sorted(gateway.get_deployments(restApiId=api[1])["items"], key=lambda one: one["description"])[1]["id"]
    gateway.update_stage(
        restApiId=api[1],
        stageName="PROD",
        patchOperations=[
            {"op": "replace", "path": "/canarySettings/deploymentId", "value": second},
            {"op": "replace", "path": "/canarySettings/percentTraffic", "value": "50"},
        ],
    )
    said = repository.gatewright("prune", "--keep", "1")
    assert re.findall(r"pruned +release (\d)", said) == ["1"]
    refused = repository.run("rollback", "--to", "2")
    assert refused.code == 1
    assert "has a canary" in refused.err
