"""What the engine does with the services beside it: templates in S3, AWS::Include, stored parameters, an API's life."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloudformation.wired import BUCKET, Wired

LOG = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}}
MOCK = {"type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'}}


def document(*paths: str, **more: Any) -> dict[str, Any]:
    operation = {"responses": {"200": {"description": "fine"}}, "x-amazon-apigateway-integration": MOCK}
    return {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "paths": {p: {"get": operation} for p in paths},
        **more,
    }


def api(**properties: Any) -> dict[str, Any]:
    return {
        "Resources": {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": properties}},
        "Outputs": {"Id": {"Value": {"Ref": "Api"}}},
    }


def put(wired: Wired, key: str, value: Any) -> None:
    wired.client("s3").put_object(Bucket=BUCKET, Key=key, Body=value if isinstance(value, str) else json.dumps(value))


def test_a_template_comes_from_the_local_s3(wired: Wired, stack: str) -> None:
    big = {"Resources": {"L": {**LOG, "Metadata": "x" * 60_000}}}
    put(wired, f"{stack}.json", big)
    formation = wired.client("cloudformation")
    url = f"{wired.url}/{BUCKET}/{stack}.json"
    formation.create_stack(StackName=stack, TemplateURL=url)
    assert wired.wait(stack)["StackStatus"] == "CREATE_COMPLETE"
    assert formation.get_template(StackName=stack)["TemplateBody"]["Resources"]["L"]["Type"] == "AWS::Logs::LogGroup"
    virtual = f"https://{BUCKET}.s3.us-east-1.amazonaws.com/{stack}.json"
    assert formation.validate_template(TemplateURL=virtual)["Parameters"] == []
    with pytest.raises(ClientError, match="S3 error"):
        formation.create_stack(StackName=f"{stack}b", TemplateURL=f"{wired.url}/{BUCKET}/nope.json")


def test_include(wired: Wired, stack: str) -> None:
    put(wired, f"{stack}/props.yaml", "RetentionInDays: 14\n")
    put(wired, f"{stack}/top.json", {"Outputs": {"Name": {"Value": {"Ref": "L"}}}})

    def including(key: str) -> dict[str, Any]:
        return {"Name": "AWS::Include", "Parameters": {"Location": f"s3://{BUCKET}/{stack}/{key}"}}

    text = {
        "Transform": including("top.json"),
        "Resources": {
            "L": {
                "Type": "AWS::Logs::LogGroup",
                "Properties": {"Fn::Transform": including("props.yaml"), "LogGroupName": stack},
            }
        },
    }
    formation = wired.client("cloudformation")
    with pytest.raises(ClientError, match="CAPABILITY_AUTO_EXPAND"):
        formation.create_stack(StackName=stack, TemplateBody=json.dumps(text))
    formation.create_stack(StackName=stack, TemplateBody=json.dumps(text), Capabilities=["CAPABILITY_AUTO_EXPAND"])
    found = wired.wait(stack)
    assert found["StackStatus"] == "CREATE_COMPLETE"
    assert found["Outputs"] == [{"OutputKey": "Name", "OutputValue": stack}]
    groups = wired.client("logs").describe_log_groups(logGroupNamePrefix=stack)["logGroups"]
    assert groups[0]["retentionInDays"] == 14
    processed = formation.get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    assert processed["Resources"]["L"]["Properties"] == {"LogGroupName": stack, "RetentionInDays": 14}
    put(wired, f"{stack}/props.yaml", "RetentionInDays: 30\nKmsKeyId: 'no !Ref here'\n")
    formation.validate_template(TemplateBody=json.dumps(text))
    put(wired, f"{stack}/props.yaml", "RetentionInDays: !Ref X\n")
    with pytest.raises(ClientError, match="short"):
        formation.update_stack(StackName=stack, TemplateBody=json.dumps(text), Capabilities=["CAPABILITY_AUTO_EXPAND"])


def test_a_stored_parameter_is_read_again_at_every_update(wired: Wired, stack: str) -> None:
    ssm = wired.client("ssm")
    ssm.put_parameter(Name=f"/{stack}/days", Value="7", Type="String")
    text = {
        "Parameters": {"Days": {"Type": "AWS::SSM::Parameter::Value<String>"}},
        "Resources": {"L": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": {"Ref": "Days"}}}},
        "Outputs": {"Name": {"Value": {"Ref": "L"}}},
    }
    first = wired.deploy(stack, text, Days=f"/{stack}/days")
    name = first["Outputs"][0]["OutputValue"]
    ssm.put_parameter(Name=f"/{stack}/days", Value="14", Type="String", Overwrite=True)
    second = wired.deploy(stack, None, Days=None)
    assert second["StackStatus"] == "UPDATE_COMPLETE"
    assert wired.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]["retentionInDays"] == 14
    with pytest.raises(ClientError, match="Unable to fetch parameters"):
        wired.deploy(stack, None, Days="/nope")


def test_a_misspelt_nested_key_is_refused_before_anything_is_made(wired: Wired, stack: str) -> None:
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"ZipFile": "x"},
            "Role": "r",
            "Environment": {"Variabels": {"a": "b"}},
        },
    }
    text = {"Resources": {"L": LOG, "F": function}}
    with pytest.raises(ClientError, match=r"resource F with message: #/Environment: extraneous key \[Variabels\]"):
        wired.deploy(stack, text)
    stage = {
        "Type": "AWS::ApiGateway::Stage",
        "Properties": {"RestApiId": "x", "AccessLogSetting": {"DestinationARN": "y"}},
    }
    with pytest.raises(ClientError, match=r"#/AccessLogSetting: extraneous key \[DestinationARN\]"):
        wired.deploy(stack, {"Resources": {"S": stage}})
    function["Properties"]["Environment"] = {"Variables": {}}
    function["Properties"]["MemorySize"] = "lots"
    with pytest.raises(ClientError, match="#/MemorySize: expected type: Number, found: String"):
        wired.deploy(stack, text)


def test_inline_code_runs_as_index(wired: Wired, stack: str) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    text = {
        "Resources": {
            "R": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}},
            },
            "F": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Code": {"ZipFile": "def handler(event, context):\n    return {'got': event}\n"},
                    "Handler": "index.handler",
                    "Runtime": "python3.12",
                    "Role": {"Fn::GetAtt": ["R", "Arn"]},
                    "ReservedConcurrentExecutions": 1,
                },
            },
        },
        "Outputs": {"Name": {"Value": {"Ref": "F"}}},
    }
    found = wired.deploy(stack, text)
    assert found["StackStatus"] == "CREATE_COMPLETE", wired.reasons(stack)
    name = found["Outputs"][0]["OutputValue"]
    reply = wired.client("lambda").invoke(FunctionName=name, Payload=b'{"a": 1}')
    assert json.loads(reply["Payload"].read()) == {"got": {"a": 1}}
    assert wired.client("lambda").get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == 1
    code = text["Resources"]["F"]["Properties"]  # type: ignore[index]
    code |= {"Description": "new", "MemorySize": 512, "Tags": [{"Key": "a", "Value": "b"}]}
    del code["ReservedConcurrentExecutions"]
    assert wired.deploy(stack, text)["StackStatus"] == "UPDATE_COMPLETE", wired.reasons(stack)
    settings = wired.client("lambda").get_function(FunctionName=name)
    assert (settings["Configuration"]["Description"], settings["Configuration"]["MemorySize"]) == ("new", 512)
    assert settings["Tags"] == {"a": "b"}
    assert "Concurrency" not in settings
    del code["Description"], code["MemorySize"]
    assert wired.deploy(stack, text)["StackStatus"] == "UPDATE_COMPLETE", wired.reasons(stack)
    settings = wired.client("lambda").get_function(FunctionName=name)
    assert (settings["Configuration"]["Description"], settings["Configuration"]["MemorySize"]) == ("", 128)


def test_an_api_keeps_its_id_and_takes_the_new_definition(wired: Wired, stack: str) -> None:
    gateway = wired.client("apigateway")
    first = wired.deploy(stack, api(Name="mine", Body=document("/a"), Tags=[{"Key": "a", "Value": "1"}]))
    assert first["StackStatus"] == "CREATE_COMPLETE", wired.reasons(stack)
    identifier = first["Outputs"][0]["OutputValue"]
    found = gateway.get_rest_api(restApiId=identifier)
    assert (found["name"], found["tags"]) == ("mine", {"a": "1"})
    put(wired, f"{stack}/body.json", document("/b", **{"x-amazon-apigateway-binary-media-types": ["image/png"]}))
    body = {"Bucket": BUCKET, "Key": f"{stack}/body.json"}
    second = wired.deploy(
        stack, api(Name="other", Mode="overwrite", BodyS3Location=body, DisableExecuteApiEndpoint=True)
    )
    assert second["StackStatus"] == "UPDATE_COMPLETE", wired.reasons(stack)
    found = gateway.get_rest_api(restApiId=identifier)
    assert (found["name"], found["binaryMediaTypes"], found["disableExecuteApiEndpoint"]) == (
        "other",
        ["image/png"],
        True,
    )
    assert not found.get("tags")
    assert {each["path"] for each in gateway.get_resources(restApiId=identifier)["items"]} == {"/", "/b"}


def test_warnings_fail_the_stack_when_they_should(wired: Wired, stack: str) -> None:
    broken = document("/a")
    broken["paths"]["/a"]["get"]["responses"]["200"]["schema"] = {"$ref": "#/definitions/Nope"}
    broken["info"]["title"] = stack
    found = wired.deploy(stack, api(Body=broken, FailOnWarnings=True))
    assert found["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Nope" in wired.reasons(stack)[0]
    assert stack not in [each["name"] for each in wired.client("apigateway").get_rest_apis(limit=500)["items"]]


def test_stack_tags_reach_the_resources_that_take_tags(wired: Wired, stack: str) -> None:
    formation = wired.client("cloudformation")
    body = json.dumps(api(Body=document("/a"), Tags=[{"Key": "own", "Value": "1"}]))
    formation.create_stack(StackName=stack, TemplateBody=body, Tags=[{"Key": "team", "Value": "x"}])
    identifier = wired.wait(stack)["Outputs"][0]["OutputValue"]
    assert wired.client("apigateway").get_rest_api(restApiId=identifier)["tags"] == {"team": "x", "own": "1"}


def test_a_stage_takes_and_loses_its_settings(wired: Wired, stack: str) -> None:
    gateway = wired.client("apigateway")
    text = api(Body=document("/a"))
    resources: dict[str, Any] = text["Resources"]
    resources["D"] = {
        "Type": "AWS::ApiGateway::Deployment",
        "Properties": {"RestApiId": {"Ref": "Api"}, "Description": "r1"},
    }
    stage = {"RestApiId": {"Ref": "Api"}, "DeploymentId": {"Ref": "D"}, "StageName": "s"}
    resources["S"] = {
        "Type": "AWS::ApiGateway::Stage",
        "Properties": {**stage, "Description": "d", "Variables": {"a": "1", "b": "2"}, "TracingEnabled": "true"},
    }
    first = wired.deploy(stack, text)
    assert first["StackStatus"] == "CREATE_COMPLETE", wired.reasons(stack)
    identifier = first["Outputs"][0]["OutputValue"]
    found = gateway.get_stage(restApiId=identifier, stageName="s")
    assert (found["description"], found["variables"], found["tracingEnabled"]) == ("d", {"a": "1", "b": "2"}, True)
    resources["D"]["Properties"]["Description"] = "r2"
    resources["S"]["Properties"] = {**stage, "Variables": {"b": "3", "c": "4"}}
    assert wired.deploy(stack, text)["StackStatus"] == "UPDATE_COMPLETE", wired.reasons(stack)
    found = gateway.get_stage(restApiId=identifier, stageName="s")
    assert (found.get("description") or "", found["variables"], found["tracingEnabled"]) == (
        "",
        {"b": "3", "c": "4"},
        False,
    )
    assert [each["description"] for each in gateway.get_deployments(restApiId=identifier)["items"]] == ["r2"]


def test_every_reading_call_answers_in_botocores_shape(wired: Wired, stack: str) -> None:
    formation = wired.client("cloudformation")
    text = {
        "Description": "all",
        "Metadata": {"a": 1},
        "Parameters": {"P": {"Type": "String", "Default": "x", "AllowedValues": ["x", "y"]}},
        "Resources": {"L": {**LOG, "Metadata": {"b": 2}}},
        "Outputs": {"O": {"Value": "v", "Export": {"Name": f"{stack}-x"}}},
    }
    body = json.dumps(text)
    made = formation.create_change_set(StackName=stack, ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body)
    assert formation.list_change_sets(StackName=stack)["Summaries"][0]["ExecutionStatus"] == "AVAILABLE"
    assert formation.get_template(ChangeSetName=made["Id"])["TemplateBody"]["Description"] == "all"
    described = formation.describe_change_set(ChangeSetName="c", StackName=stack, IncludePropertyValues=True)
    assert json.loads(described["Changes"][0]["ResourceChange"]["AfterContext"])["Properties"] == LOG["Properties"]
    formation.execute_change_set(ChangeSetName=made["Id"])
    assert wired.wait(stack)["Description"] == "all"
    assert stack in [
        each["StackName"]
        for page in formation.get_paginator("list_stacks").paginate()
        for each in page["StackSummaries"]
    ]
    assert (
        formation.describe_stack_resource(StackName=stack, LogicalResourceId="L")["StackResourceDetail"]["Metadata"]
        == '{"b": 2}'
    )
    assert (
        formation.describe_stack_resources(StackName=stack)["StackResources"][0]["ResourceType"]
        == "AWS::Logs::LogGroup"
    )
    assert {"ExportingStackId": made["StackId"], "Name": f"{stack}-x", "Value": "v"} in formation.list_exports()[
        "Exports"
    ]
    summary = formation.get_template_summary(StackName=stack)
    assert summary["Parameters"][0]["ParameterConstraints"] == {"AllowedValues": ["x", "y"]}
    assert formation.validate_template(TemplateBody=body)["Parameters"][0]["DefaultValue"] == "x"
    formation.update_termination_protection(StackName=stack, EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="TerminationProtection"):
        formation.delete_stack(StackName=stack)
    with pytest.raises(ClientError, match="DetectStackDrift is not emulated"):
        formation.detect_stack_drift(StackName=stack)
    with pytest.raises(ClientError, match="does not exist"):
        formation.describe_stacks(StackName="nope")
    waiter = formation.get_waiter("stack_create_complete")
    waiter.wait(StackName=stack)
