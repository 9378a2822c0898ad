"""docs, diff and publish from the command line, over two releases."""

from __future__ import annotations

import json
import shlex

import boto3

from end_to_end.conftest import Repository
from end_to_end.test_way import NEW_PATH


def environment(repository: Repository) -> dict[str, str]:
    lines = [line.removeprefix("export ") for line in repository.gatewright("local", "env").splitlines() if line]
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}


def session(repository: Repository) -> boto3.session.Session:
    told = environment(repository)
    return boto3.session.Session(told["AWS_ACCESS_KEY_ID"], told["AWS_SECRET_ACCESS_KEY"], region_name="us-east-1")


def test_docs_diff_and_publish(repository: Repository) -> None:
    assert "100 % of the document" in repository.gatewright("deploy")
    repository.edit("spec/hello/swagger.yaml", "definitions:\n", NEW_PATH)
    repository.edit("spec/hello/swagger.yaml", "Who is to be greeted.\n          required", "Whom?\n          required")
    repository.gatewright("deploy")
    folder = repository.root / "build/hello/docs"

    # each stage has its own release's words, and PROD says what is coming
    assert "Whom?" in (folder / "TEST/index.html").read_text(encoding="utf-8")
    assert "Whom?" not in (folder / "PROD/index.html").read_text(encoding="utf-8")
    assert "/goodbye" not in (folder / "PROD/published/openapi.yaml").read_text(encoding="utf-8")
    assert "GET /goodbye" in (folder / "index.html").read_text(encoding="utf-8")
    told = json.loads((folder / "changelog.json").read_text(encoding="utf-8"))["releases"]
    assert [(one["release"], one["stages"]) for one in told] == [(2, ["TEST"]), (1, ["PROD"])]
    assert [change["where"] for change in told[0]["changes"]] == ["GET /goodbye"]

    # diff between releases, stages, documents and files
    for sides in (("hello@1", "hello@2"), ("PROD", "TEST"), ("1", "hello"), ("PROD", "spec/hello/swagger.yaml")):
        assert repository.gatewright("diff", *sides).splitlines()[-1] == "GET /goodbye: is new", sides
    backwards = repository.run("diff", "TEST", "PROD", "--fail-on", "breaking", "--format", "json")
    assert backwards.code == 3
    assert json.loads(backwards.out)[0]["breaking"] == "callers get 403"
    assert repository.run("diff", "PROD", "TEST", "--fail-on", "breaking").code == 0
    assert repository.run("diff", "PROD", "TEST", "--fail-on", "changes").code == 3
    assert "callers will notice nothing" in repository.gatewright("diff", "hello", "TEST")
    nothing = repository.run("diff", "PROD", "somewhere/else.yaml")
    assert nothing.code == 2 or "no stage" in nothing.err

    # what an earlier run wrote and this one does not is gone
    (folder / "OLD").mkdir()
    (folder / "OLD/index.html").write_text("stale", encoding="utf-8")
    repository.gatewright("docs")
    assert not (folder / "OLD").exists()

    # export: each stage to a file, byte for byte what the docs hold
    repository.gatewright("export", "--type", "oas30", "--format", "json", "--to", "exported")
    for stage in ("TEST", "PROD"):
        written = (repository.root / f"exported/{stage}.json").read_bytes()
        assert written == (folder / stage / "aws/openapi.json").read_bytes()

    # publish: to a bucket that is there, and not to one that is not
    refused = repository.run("publish", "--to", "s3://nowhere-at-all/docs")
    assert (refused.code, "no bucket nowhere-at-all" in refused.err) == (1, True)
    bucket = session(repository).client("s3", endpoint_url=environment(repository)["AWS_ENDPOINT_URL"])
    bucket.create_bucket(Bucket="docs-of-hello")
    assert "published" in repository.gatewright("publish", "--to", "s3://docs-of-hello/api")
    body = bucket.get_object(Bucket="docs-of-hello", Key="api/TEST/index.html")["Body"].read()
    assert body == (folder / "TEST/index.html").read_bytes()
    assert "is no bucket" in repository.run("publish", "--to", "somewhere").err


def test_what_was_changed_by_hand_is_found(repository: Repository) -> None:
    repository.gatewright("deploy")
    gateway = session(repository).client("apigateway", endpoint_url=environment(repository)["AWS_ENDPOINT_URL"])
    [api] = gateway.get_rest_apis()["items"]
    [resource] = [one for one in gateway.get_resources(restApiId=api["id"])["items"] if one["path"] == "/hello"]
    gateway.delete_method(restApiId=api["id"], resourceId=resource["id"], httpMethod="POST")
    deployment = gateway.create_deployment(restApiId=api["id"])
    change = {"op": "replace", "path": "/deploymentId", "value": deployment["id"]}
    gateway.update_stage(restApiId=api["id"], stageName="PROD", patchOperations=[change])
    ran = repository.run("docs")
    assert ran.code == 1
    assert "PROD: /paths/~1hello/post/summary of the document is not in its docs" in ran.out
    assert "TEST: /paths" not in ran.out
    assert (
        "post"
        not in json.loads(
            (repository.root / "build/hello/docs/PROD/published/openapi.json").read_text(encoding="utf-8")
        )["paths"]["/hello"]
    )

    gateway.delete_stage(restApiId=api["id"], stageName="PROD")
    ran = repository.run("docs")
    assert (ran.code, "no stage PROD any more" in ran.out) == (0, True)
    assert not (repository.root / "build/hello/docs/PROD").exists()
    assert (repository.root / "build/hello/docs/TEST/index.html").is_file()
