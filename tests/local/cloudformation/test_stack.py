"""A stack as Gatewright writes it, over HTTP against the local services: releases, promotion, faults, retention."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from gatewright.local.cloudformation.refusals import ResourceFailure
from gatewright.local.cloudformation.types.entry import Entry, Made, words
from local.cloudformation.wired import BUCKET, Wired

KEPT = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
STAGES = ("TEST", "PROD")


def body(paths: tuple[str, ...]) -> dict[str, Any]:
    mock = {"type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'}, "responses": {}}
    operation = {"responses": {"200": {"description": "fine"}}, "x-amazon-apigateway-integration": mock}
    return {
        "swagger": "2.0",
        "info": {"title": "hello", "version": "1"},
        "paths": {path: {"get": operation} for path in paths},
    }


def template(key: str, sha: str, *, number: int, paths: tuple[str, ...] = ("/a",), extra: Any = None) -> dict[str, Any]:
    """One function, two stages; ids of what is frozen come from content."""
    version = "Version" + hashlib.sha256(sha.encode()).hexdigest()[:8]
    release = hashlib.sha256(f"{sha}{paths}".encode()).hexdigest()[:8]
    function = {
        "FunctionName": {"Fn::Sub": "${AWS::StackName}-hello"},
        "Code": {"S3Bucket": BUCKET, "S3Key": key},
        "Handler": "handler.handler",
        "Runtime": "python3.12",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "MemorySize": "256",
    }
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    resources: dict[str, Any] = {
        "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                "Policies": [
                    {
                        "PolicyName": "log",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": "logs:PutLogEvents",
                                    "Resource": {"Fn::GetAtt": ["Log", "Arn"]},
                                }
                            ],
                        },
                    }
                ],
            },
        },
        "Hello": {"Type": "AWS::Lambda::Function", "Properties": function},
        version: {
            "Type": "AWS::Lambda::Version",
            **KEPT,
            "Properties": {"FunctionName": {"Ref": "Hello"}, "CodeSha256": sha},
        },
        "Api": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {
                "Name": "hello",
                "Mode": "overwrite",
                "FailOnWarnings": "true",
                "EndpointConfiguration": {"Types": ["REGIONAL"]},
                "Body": body(paths),
            },
        },
        f"Deployment{release}": {
            "Type": "AWS::ApiGateway::Deployment",
            **KEPT,
            "Properties": {"RestApiId": {"Ref": "Api"}, "Description": f"r{number}"},
        },
        f"Documentation{release}": {
            "Type": "AWS::ApiGateway::DocumentationVersion",
            "DependsOn": f"Deployment{release}",
            **KEPT,
            "Properties": {"RestApiId": {"Ref": "Api"}, "DocumentationVersion": f"r{number}-{release}"},
        },
        **(extra or {}),
    }
    for stage in STAGES:
        resources |= stage_resources(stage, version, release, number)
    names = [f"{stage}{what}" for stage in STAGES for what in ("Deployment", "Version", "Release")]
    return {
        "Parameters": {name: {"Type": "String"} for name in names},
        "Conditions": {f"{stage}Latest": {"Fn::Equals": [{"Ref": f"{stage}Deployment"}, "latest"]} for stage in STAGES},
        "Resources": resources,
        "Outputs": {
            "Api": {"Value": {"Ref": "Api"}},
            "Deployment": {"Value": {"Ref": f"Deployment{release}"}},
            "Version": {"Value": {"Fn::GetAtt": [version, "Version"]}},
        },
    }


def stage_resources(stage: str, version: str, release: str, number: int) -> dict[str, Any]:
    latest = f"{stage}Latest"
    source = f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}/{stage}/*/*"
    return {
        f"{stage}Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": stage,
                "FunctionName": {"Ref": "Hello"},
                "FunctionVersion": {
                    "Fn::If": [latest, {"Fn::GetAtt": [version, "Version"]}, {"Ref": f"{stage}Version"}]
                },
            },
        },
        f"{stage}Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Ref": f"{stage}Alias"},
                "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": {"Fn::Sub": source},
            },
        },
        stage: {
            "Type": "AWS::ApiGateway::Stage",
            "DependsOn": [f"{stage}Permission", f"Documentation{release}"],
            "Properties": {
                "StageName": stage,
                "RestApiId": {"Ref": "Api"},
                "DeploymentId": {"Fn::If": [latest, {"Ref": f"Deployment{release}"}, {"Ref": f"{stage}Deployment"}]},
                "TracingEnabled": True,
                "Variables": {
                    "alias": stage,
                    "release": {"Fn::If": [latest, str(number), {"Ref": f"{stage}Release"}]},
                },
            },
        },
    }


def latest(**others: str | None) -> dict[str, str | None]:
    values: dict[str, str | None] = {f"{stage}{what}": "latest" for stage in STAGES for what in ("Deployment",)}
    values |= {f"{stage}{what}": "0" for stage in STAGES for what in ("Version", "Release")}
    return {**values, **others}


def outputs(found: dict[str, Any]) -> dict[str, str]:
    return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}


def runs(wired: Wired, stack: str, api: str) -> dict[str, tuple[str, str, str]]:
    """What each stage runs: deployment, release variable, version behind its alias."""
    gateway, functions = wired.client("apigateway"), wired.client("lambda")
    found = {}
    for stage in STAGES:
        got = gateway.get_stage(restApiId=api, stageName=stage)
        alias = functions.get_alias(FunctionName=f"{stack}-hello", Name=stage)
        assert got["variables"]["alias"] == stage
        found[stage] = (got["deploymentId"], got["variables"]["release"], alias["FunctionVersion"])
    return found


def pinned(found: tuple[str, str, str], stage: str = "PROD") -> dict[str, str | None]:
    deployment, release, version = found
    return {f"{stage}Deployment": deployment, f"{stage}Release": release, f"{stage}Version": version}


def test_a_release_train(wired: Wired, stack: str) -> None:
    """First deploy, a code-only release that pins PROD, promotion, and A → B → A."""
    a, b = wired.bundle("A = 1"), wired.bundle("B = 2")
    first = wired.deploy(stack, template(*a, number=1), **latest())
    assert first["StackStatus"] == "CREATE_COMPLETE", wired.reasons(stack)
    api = outputs(first)["Api"]
    one = runs(wired, stack, api)
    assert one["TEST"] == one["PROD"] == (outputs(first)["Deployment"], "1", "1")

    second = wired.deploy(stack, template(*b, number=2), **latest(**pinned(one["PROD"])))
    assert second["StackStatus"] == "UPDATE_COMPLETE", wired.reasons(stack)
    changed = {each["ResourceChange"]["LogicalResourceId"] for each in second["Changes"]}
    assert not [name for name in changed if name.startswith("PROD")], "a deploy does not touch PROD"
    assert outputs(second)["Api"] == api
    two = runs(wired, stack, api)
    assert two == {"TEST": (outputs(second)["Deployment"], "2", "2"), "PROD": one["PROD"]}
    kept = {each["id"] for each in wired.client("apigateway").get_deployments(restApiId=api)["items"]}
    assert kept == {one["PROD"][0], two["TEST"][0]}, "the first deployment is retained"

    keep = {f"TEST{what}": None for what in ("Deployment", "Version", "Release")}
    promoted = wired.deploy(stack, None, **keep, **pinned(two["TEST"]))
    assert promoted["StackStatus"] == "UPDATE_COMPLETE"
    assert {each["ResourceChange"]["LogicalResourceId"] for each in promoted["Changes"]} == {"PROD", "PRODAlias"}
    assert runs(wired, stack, api)["PROD"] == two["TEST"]

    third = wired.deploy(stack, template(*a, number=3), **latest(**pinned(two["TEST"])))
    assert third["StackStatus"] == "UPDATE_COMPLETE", wired.reasons(stack)
    three = runs(wired, stack, api)
    assert three["TEST"][1:] == ("3", "3"), "the same code is a new version"
    assert three["TEST"][0] not in kept, "and a new deployment"
    versions = wired.client("lambda").list_versions_by_function(FunctionName=f"{stack}-hello")["Versions"]
    assert [each["CodeSha256"] for each in versions if each["Version"] in "13"] == [a[1], a[1]]


def test_nothing_changed_is_a_failed_change_set(wired: Wired, stack: str) -> None:
    a = wired.bundle("A = 1")
    wired.deploy(stack, template(*a, number=1), **latest())
    again = wired.deploy(stack, template(*a, number=1), **latest())
    assert again["Status"] == "FAILED"
    assert again["StatusReason"].startswith("The submitted information didn't contain changes.")


def test_documentation_and_paths_alone(wired: Wired, stack: str) -> None:
    a = wired.bundle("A = 1")
    first = wired.deploy(stack, template(*a, number=1), **latest())
    api = outputs(first)["Api"]
    one = runs(wired, stack, api)
    second = wired.deploy(stack, template(*a, number=2, paths=("/a", "/b")), **latest(**pinned(one["PROD"])))
    assert second["StackStatus"] == "UPDATE_COMPLETE", wired.reasons(stack)
    assert runs(wired, stack, api)["TEST"][2] == "1", "no new version without new code"
    documents = wired.client("apigateway").get_documentation_versions(restApiId=api)["items"]
    assert len(documents) == 2


def failing(message: str = "no luck") -> Entry:
    def create(site: Any, props: Any) -> Made:
        raise ResourceFailure(message)

    return Entry(create=create, delete=lambda site, name, props: None, properties=words(""))


def test_a_failed_deploy_leaves_both_stages_as_they_were_and_the_retry_works(wired: Wired, stack: str) -> None:
    wired.entries["Test::Failing"] = failing()
    a, b = wired.bundle("A = 1"), wired.bundle("B = 2")
    first = wired.deploy(stack, template(*a, number=1), **latest())
    api = outputs(first)["Api"]
    before = runs(wired, stack, api)
    broken = {"Last": {"Type": "Test::Failing", "DependsOn": ["TEST", "PROD"]}}
    again = latest(**pinned(before["PROD"]))
    second = wired.deploy(stack, template(*b, number=2, paths=("/a", "/b"), extra=broken), **again)
    assert second["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "no luck" in wired.reasons(stack)[0]
    assert runs(wired, stack, api) == before
    gateway = wired.client("apigateway")
    assert {each["path"] for each in gateway.get_resources(restApiId=api)["items"]} == {"/", "/a"}
    assert len(gateway.get_deployments(restApiId=api)["items"]) == 1, "RetainExceptOnCreate lets go what failed"
    assert len(gateway.get_documentation_versions(restApiId=api)["items"]) == 1
    code = wired.client("lambda").get_function_configuration(FunctionName=f"{stack}-hello")["CodeSha256"]
    assert code == a[1]
    retry = wired.deploy(stack, template(*b, number=2, paths=("/a", "/b")), **again)
    assert retry["StackStatus"] == "UPDATE_COMPLETE", wired.reasons(stack)
    assert runs(wired, stack, api)["PROD"] == before["PROD"]


def test_a_failed_first_deploy_leaves_nothing(wired: Wired, stack: str) -> None:
    wired.entries["Test::Failing"] = failing()
    a = wired.bundle("A = 1")
    broken = {"Last": {"Type": "Test::Failing", "DependsOn": ["TEST", "PROD"]}}
    first = wired.deploy(stack, template(*a, number=1, extra=broken), **latest())
    assert first["StackStatus"] == "ROLLBACK_COMPLETE"
    assert not [each for each in wired.client("apigateway").get_rest_apis()["items"] if each["id"] in str(first)]
    names = [each["FunctionName"] for each in wired.client("lambda").list_functions()["Functions"]]
    assert f"{stack}-hello" not in names
    assert not [each for each in wired.client("iam").list_roles()["Roles"] if each["RoleName"].startswith(stack)]


def test_a_version_of_unchanged_code_is_refused(wired: Wired, stack: str) -> None:
    a = wired.bundle("A = 1")
    text = template(*a, number=1)
    first = wired.deploy(stack, text, **latest())
    one = runs(wired, stack, outputs(first)["Api"])
    again = {"Again": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Hello"}}}}
    found = wired.deploy(stack, {**text, "Resources": {**text["Resources"], **again}}, **latest(**pinned(one["PROD"])))
    assert found["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    said = "A version for this Lambda function exists ( 1 ). Modify the function to create a new version"
    assert said in wired.reasons(stack)[0]
    assert runs(wired, stack, outputs(first)["Api"]) == one, "the version that was there is not deleted by the rollback"


def test_a_documentation_version_that_exists_is_refused(wired: Wired, stack: str) -> None:
    a = wired.bundle("A = 1")
    text = template(*a, number=1)
    first = wired.deploy(stack, text, **latest())
    api = outputs(first)["Api"]
    name = wired.client("apigateway").get_documentation_versions(restApiId=api)["items"][0]["version"]
    props = {"RestApiId": {"Ref": "Api"}, "DocumentationVersion": name}
    again = {"Again": {"Type": "AWS::ApiGateway::DocumentationVersion", "Properties": props}}
    one = runs(wired, stack, api)
    found = wired.deploy(stack, {**text, "Resources": {**text["Resources"], **again}}, **latest(**pinned(one["PROD"])))
    assert found["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "AlreadyExists" in wired.reasons(stack)[0]
    assert len(wired.client("apigateway").get_documentation_versions(restApiId=api)["items"]) == 1


def test_a_deleted_stack_takes_the_api_and_the_function_with_it(wired: Wired, stack: str) -> None:
    a = wired.bundle("A = 1")
    first = wired.deploy(stack, template(*a, number=1), **latest())
    formation = wired.client("cloudformation")
    formation.delete_stack(StackName=stack)
    ended = wired.wait(first["StackId"])
    assert ended["StackStatus"] == "DELETE_COMPLETE", wired.reasons(first["StackId"])
    states = {
        each["ResourceStatus"]
        for each in formation.list_stack_resources(StackName=first["StackId"])["StackResourceSummaries"]
    }
    assert states == {"DELETE_COMPLETE", "DELETE_SKIPPED"}
    apis = [each["id"] for each in wired.client("apigateway").get_rest_apis()["items"]]
    assert outputs(first)["Api"] not in apis


def test_an_alias_shares_its_calls_and_takes_them_back(wired: Wired, stack: str) -> None:
    a, b = wired.bundle("A = 1"), wired.bundle("B = 2")
    first = wired.deploy(stack, template(*a, number=1), **latest())
    one = runs(wired, stack, outputs(first)["Api"])["PROD"]
    text = template(*b, number=2)
    wired.deploy(stack, text, **latest(**pinned(one)))
    functions = wired.client("lambda")
    shared = json.loads(json.dumps(text))
    weights = [{"FunctionVersion": "2", "FunctionWeight": 0.25}]
    shared["Resources"]["PRODAlias"]["Properties"]["RoutingConfig"] = {"AdditionalVersionWeights": weights}
    assert wired.deploy(stack, shared, **latest(**pinned(one)))["StackStatus"] == "UPDATE_COMPLETE", wired.reasons(
        stack
    )
    found = functions.get_alias(FunctionName=f"{stack}-hello", Name="PROD")
    assert found["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.25}}
    assert wired.deploy(stack, text, **latest(**pinned(one)))["StackStatus"] == "UPDATE_COMPLETE"
    found = functions.get_alias(FunctionName=f"{stack}-hello", Name="PROD")
    assert not found.get("RoutingConfig", {}).get("AdditionalVersionWeights")


def test_a_rollback_whose_bundle_is_gone_fails_and_goes_on_when_it_is_back(wired: Wired, stack: str) -> None:
    wired.entries["Test::Failing"] = failing()
    a, b = wired.bundle("GONE = 1"), wired.bundle("B = 2")
    first = wired.deploy(stack, template(*a, number=1), **latest())
    one = runs(wired, stack, outputs(first)["Api"])
    wired.client("s3").delete_object(Bucket=BUCKET, Key=a[0])
    broken = {"Last": {"Type": "Test::Failing", "DependsOn": ["TEST", "PROD"]}}
    failed = wired.deploy(stack, template(*b, number=2, extra=broken), **latest(**pinned(one["PROD"])))
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert "NoSuchKey" in wired.reasons(stack)[0]
    assert wired.bundle("GONE = 1") == a
    wired.client("cloudformation").continue_update_rollback(StackName=stack)
    assert wired.wait(stack)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE", wired.reasons(stack)
    assert runs(wired, stack, outputs(first)["Api"]) == one
