"""Functions through boto3: the whole life, and every refusal in AWS's words."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pytest

from gatewright.lambdas.requirements import site_folder
from local.functions.support import (
    HANDLER,
    PREFIX,
    ROLE,
    Cloud,
    Refused,
    bounds,
    conflict,
    invalid,
    make,
    missing,
    not_emulated,
    zipped,
)


def test_a_new_function(client: Any) -> None:
    code = zipped()
    made = make(client, Tags={"team": "a"}, Environment={"Variables": {"TABLE": "t"}}, Code={"ZipFile": code})
    assert made.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    assert (made.pop("State"), made.pop("StateReasonCode")) == ("Pending", "Creating")
    assert made.pop("StateReason") == "The function is being created."
    revision = made.pop("RevisionId")
    modified = made.pop("LastModified")
    assert made == {
        "FunctionName": "hello",
        "FunctionArn": f"{PREFIX}hello",
        "Runtime": "python3.12",
        "Role": ROLE,
        "Handler": "handler.handler",
        "CodeSize": len(code),
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "CodeSha256": base64.b64encode(hashlib.sha256(code).digest()).decode(),
        "Version": "$LATEST",
        "Environment": {"Variables": {"TABLE": "t"}},
        "TracingConfig": {"Mode": "PassThrough"},
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/hello"},
    }
    client.get_waiter("function_active_v2").wait(FunctionName="hello")
    found = client.get_function(FunctionName=f"{PREFIX}hello")
    assert found["Tags"] == {"team": "a"}
    assert "Concurrency" not in found
    assert found["Configuration"] == {**made, "State": "Active", "RevisionId": revision, "LastModified": modified}
    with urllib.request.urlopen(found["Code"]["Location"]) as opened:
        assert opened.read() == code


def test_code_from_s3(client: Any, cloud: Cloud) -> None:
    cloud.objects["artifacts", "code.zip"] = zipped()
    made = make(client, Code={"S3Bucket": "artifacts", "S3Key": "code.zip"})
    assert made["CodeSize"] == len(zipped())
    message = "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not"
    with invalid(message):
        client.update_function_code(FunctionName="hello", S3Bucket="artifacts", S3Key="gone.zip")
    with invalid("Please provide a source for function code."):
        client.update_function_code(FunctionName="hello")


def test_updates_and_revisions(hello: Any) -> None:
    first = hello.get_function_configuration(FunctionName="hello")
    other = zipped(handler=HANDLER + "# 2\n")
    updated = hello.update_function_code(FunctionName="hello", ZipFile=other, RevisionId=first["RevisionId"])
    assert (updated["LastUpdateStatus"], updated["CodeSize"]) == ("InProgress", len(other))
    hello.get_waiter("function_updated_v2").wait(FunctionName="hello")
    stale = Refused(
        "PreconditionFailedException", 412, "The Revision Id provided does not match the latest Revision Id"
    )
    with stale:
        hello.update_function_code(FunctionName="hello", ZipFile=other, RevisionId=first["RevisionId"])
    with stale:
        hello.update_function_configuration(FunctionName="hello", Timeout=5, RevisionId=first["RevisionId"])
    with stale:
        hello.publish_version(FunctionName="hello", RevisionId=first["RevisionId"])
    changed = hello.update_function_configuration(
        FunctionName="hello",
        RevisionId=updated["RevisionId"],
        Timeout=5,
        MemorySize=256,
        Description="d",
        Environment={"Variables": {"A1": "b"}},
        EphemeralStorage={"Size": 1024},
        TracingConfig={"Mode": "Active"},
        LoggingConfig={"LogGroup": "mine"},
        KMSKeyArn="arn:aws:kms:eu-west-1:123456789012:key/k",
    )
    assert changed["RevisionId"] not in (first["RevisionId"], updated["RevisionId"])
    now = hello.get_function_configuration(FunctionName="hello")
    assert (now["Timeout"], now["MemorySize"], now["Description"]) == (5, 256, "d")
    assert now["CodeSha256"] == updated["CodeSha256"]
    assert now["Environment"] == {"Variables": {"A1": "b"}}
    assert (now["LoggingConfig"]["LogGroup"], now["TracingConfig"]) == ("mine", {"Mode": "Active"})
    assert (now["EphemeralStorage"], now["KMSKeyArn"][-2:]) == ({"Size": 1024}, "/k")
    hello.update_function_configuration(FunctionName="hello", Environment={"Variables": {}})
    assert "Environment" not in hello.get_function_configuration(FunctionName="hello")


def test_a_dry_run_changes_nothing(hello: Any) -> None:
    before = hello.get_function_configuration(FunctionName="hello")
    tried = hello.update_function_code(FunctionName="hello", ZipFile=zipped(handler="x = 1\n"), DryRun=True)
    after = hello.get_function_configuration(FunctionName="hello")
    assert tried["CodeSha256"] != before["CodeSha256"] == after["CodeSha256"]
    assert before["RevisionId"] == after["RevisionId"]


def test_what_means_none_is_taken_and_what_is_not_emulated_is_refused(hello: Any) -> None:
    hello.update_function_configuration(
        FunctionName="hello",
        VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
        DeadLetterConfig={"TargetArn": ""},
        SnapStart={"ApplyOn": "None"},
        LoggingConfig={"LogFormat": "Text"},
        FileSystemConfigs=[],
        Layers=[],
    )
    for member, value in {
        "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": []},
        "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:eu-west-1:123456789012:q"},
        "SnapStart": {"ApplyOn": "PublishedVersions"},
        "LoggingConfig": {"LogFormat": "JSON"},
        "Layers": ["arn:aws:lambda:eu-west-1:123456789012:layer:l:1"],
        "Runtime": "nodejs22.x",
    }.items():
        with not_emulated(member if member != "Runtime" else "runtime nodejs22.x"):
            hello.update_function_configuration(FunctionName="hello", **{member: value})
    with not_emulated("PackageType 'Image'"):
        make(hello, "image", PackageType="Image")
    with not_emulated("lambda ListLayers"):
        hello.list_layers()
    assert hello.get_function_configuration(FunctionName="hello")["Runtime"] == "python3.12"


def test_refusals_of_a_new_function(hello: Any) -> None:
    with conflict("Function already exist: hello"):
        make(hello)
    with bounds("Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::"):
        make(hello, "x", Role="role")
    with bounds(
        "Value '1000' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900"
    ):
        make(hello, "x", Timeout=1000)
    with bounds("Value '20000' at 'memorySize'"):
        make(hello, "x", MemorySize=20000)
    with bounds("at 'environment.variables' failed to satisfy constraint: Map keys must satisfy"):
        make(hello, "x", Environment={"Variables": {"a b": "c"}})
    with invalid("Reserved keys used in this request: AWS_REGION"):
        make(hello, "x", Environment={"Variables": {"AWS_REGION": "c"}})
    with invalid("exceeded the 4KB limit"):
        make(hello, "x", Environment={"Variables": {"LONG": "c" * 4096}})
    with bounds("at 'functionName' failed to satisfy constraint"):
        make(hello, "no spaces")
    with bounds("at 'functionName' failed to satisfy constraint"):
        make(hello, "x" * 65)
    with invalid("Could not unzip uploaded file. Please check your file, then try to upload again."):
        make(hello, "x", Code={"ZipFile": b"no zip"})
    assert [each["FunctionName"] for each in hello.list_functions()["Functions"]] == ["hello"]


@pytest.mark.parametrize("name", ["../up.py", "/etc/x.py", "a/../../up.py"])
def test_a_zip_stays_in_its_folder(client: Any, name: str, tmp_path: Path) -> None:
    with invalid("Could not unzip"):
        make(client, Code={"ZipFile": zipped(**{name: "x"})})
    assert not list(tmp_path.rglob("up.py"))


def test_a_zip_may_not_write_through_its_own_links(client: Any, tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        link = zipfile.ZipInfo("out")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(tmp_path))
        archive.writestr("out/up.py", "x")
    with invalid("Could not unzip"):
        make(client, Code={"ZipFile": target.getvalue()})
    assert not (tmp_path / "up.py").exists()


def test_names_in_all_their_forms(hello: Any) -> None:
    for name in ("hello", "function:hello", "123456789012:function:hello", f"{PREFIX}hello", "hello:$LATEST"):
        assert hello.get_function_configuration(FunctionName=name)["FunctionName"] == "hello"
    qualified = hello.get_function_configuration(FunctionName="hello", Qualifier="$LATEST")
    assert qualified["FunctionArn"] == f"{PREFIX}hello:$LATEST"
    with missing(f"Function not found: {PREFIX}nobody"):
        hello.get_function(FunctionName="nobody")
    with missing(f"Function not found: {PREFIX}hello:7"):
        hello.get_function(FunctionName="hello", Qualifier="7")
    with missing(f"Function not found: {PREFIX}hello:live"):
        hello.get_function(FunctionName="hello:live")
    with invalid("The derived qualifier from the function name does not match the specified qualifier."):
        hello.get_function(FunctionName="hello:1", Qualifier="2")
    with missing("Functions from 'us-east-1' are not reachable in this region ('eu-west-1')"):
        hello.get_function(FunctionName="arn:aws:lambda:us-east-1:123456789012:function:hello")
    with missing("Function not found: arn:aws:lambda:eu-west-1:999999999999:function:hello"):
        hello.get_function(FunctionName="arn:aws:lambda:eu-west-1:999999999999:function:hello")


def test_lists_come_in_pages(client: Any) -> None:
    for number in range(5):
        make(client, f"f{number}")
    first = client.list_functions(MaxItems=2)
    assert [each["FunctionName"] for each in first["Functions"]] == ["f0", "f1"]
    pages = client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
    assert [each["FunctionName"] for page in pages for each in page["Functions"]] == [f"f{n}" for n in range(5)]
    client.publish_version(FunctionName="f0")
    every = client.list_functions(FunctionVersion="ALL")["Functions"]
    assert [each["FunctionArn"].removeprefix(PREFIX) for each in every][:3] == ["f0:$LATEST", "f0:1", "f1:$LATEST"]


def test_deleting(hello: Any) -> None:
    hello.publish_version(FunctionName="hello")
    hello.create_alias(FunctionName="hello", Name="live", FunctionVersion="1")
    with conflict("Unable to delete version because the following aliases reference it: [live]"):
        hello.delete_function(FunctionName="hello", Qualifier="1")
    with invalid("$LATEST version cannot be deleted without deleting the function."):
        hello.delete_function(FunctionName="hello", Qualifier="$LATEST")
    with invalid("Deletion of aliases is not currently supported."):
        hello.delete_function(FunctionName="hello", Qualifier="live")
    hello.delete_alias(FunctionName="hello", Name="live")
    hello.delete_function(FunctionName="hello", Qualifier="1")
    with missing(f"Function not found: {PREFIX}hello:1"):
        hello.get_function(FunctionName="hello", Qualifier="1")
    hello.delete_function(FunctionName="hello")
    with missing(f"Function not found: {PREFIX}hello"):
        hello.delete_function(FunctionName="hello")


def test_requirements_of_this_machine_replace_those_of_lambdas(client: Any, tmp_path: Path) -> None:
    """What the bundle installed for Lambda gives way to what is installed here; what the function changed stays."""
    site = site_folder(tmp_path / "build", b"tool==1\n")
    site.mkdir(parents=True)
    (site / "tool.py").write_text("NAME = 'for this machine'\n")
    (site / "patched.py").write_text("NAME = 'as released'\n")
    lambdas, released = "NAME = 'for lambda'\n", "NAME = 'as released'\n"
    rows = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},1\n"
        for name, text in (("tool.py", lambdas), ("patched.py", released))
    )
    files = {
        "tool.py": lambdas,
        "patched.py": "NAME = 'as we want it'\n",
        "tool-1.dist-info/RECORD": rows + "tool-1.dist-info/RECORD,,\n",
        "handler": "import tool, patched\ndef handler(event, context):\n    return [tool.NAME, patched.NAME]\n",
    }
    make(client, "here", Code={"ZipFile": zipped(**files, **{"requirements.txt": "tool==1\n"})})
    make(client, "there", Code={"ZipFile": zipped(**files, **{"requirements.txt": "tool==2\n"})})
    answers = {name: json.load(client.invoke(FunctionName=name)["Payload"]) for name in ("here", "there")}
    assert answers == {"here": ["for this machine", "as we want it"], "there": ["for lambda", "as we want it"]}


def test_tags_concurrency_and_the_account(hello: Any) -> None:
    arn = f"{PREFIX}hello"
    hello.tag_resource(Resource=arn, Tags={"a": "1", "b": "2"})
    hello.untag_resource(Resource=arn, TagKeys=["a"])
    assert hello.list_tags(Resource=arn)["Tags"] == {"b": "2"}
    with invalid("Tags on function aliases and versions are not supported"):
        hello.list_tags(Resource=f"{arn}:live")
    assert "ReservedConcurrentExecutions" not in hello.get_function_concurrency(FunctionName="hello")
    assert (
        hello.put_function_concurrency(FunctionName="hello", ReservedConcurrentExecutions=5)[
            "ReservedConcurrentExecutions"
        ]
        == 5
    )
    assert hello.get_function(FunctionName="hello")["Concurrency"] == {"ReservedConcurrentExecutions": 5}
    with invalid("below its minimum value of [100]"):
        hello.put_function_concurrency(FunctionName="hello", ReservedConcurrentExecutions=901)
    with invalid("This operation is permitted on Lambda functions only."):
        hello.put_function_concurrency(FunctionName="hello:1", ReservedConcurrentExecutions=1)
    settings = hello.get_account_settings()
    assert settings["AccountLimit"]["UnreservedConcurrentExecutions"] == 995
    assert settings["AccountUsage"] == {"TotalCodeSize": len(zipped()), "FunctionCount": 1}
    hello.delete_function_concurrency(FunctionName="hello")
    assert "ReservedConcurrentExecutions" not in hello.get_function_concurrency(FunctionName="hello")
