"""Users' own resources, made, changed and removed in the local services over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.cloudformation.wired import Wired

Template = dict[str, Any]


def resource(kind: str, **properties: Any) -> Template:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def deploy(wired: Wired, stack: str, resources: dict[str, Template], **outputs: Any) -> dict[str, str]:
    """The outputs once the stack is there."""
    text = {"Resources": resources, "Outputs": {name: {"Value": value} for name, value in outputs.items()}}
    found = wired.deploy(stack, text)
    assert found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), (
        found.get("StatusReason"),
        wired.reasons(stack),
    )
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())}


def remove(wired: Wired, stack: str) -> None:
    formation = wired.client("cloudformation")
    identifier = formation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    formation.delete_stack(StackName=stack)
    assert wired.wait(identifier)["StackStatus"] == "DELETE_COMPLETE", wired.reasons(identifier)


def test_tables(wired: Wired, stack: str) -> None:
    def table(**more: Any) -> Template:
        return resource(
            "DynamoDB::Table",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            **more,
        )

    made = deploy(
        wired,
        stack,
        {"T": table(StreamSpecification={"StreamViewType": "NEW_IMAGE"}, Tags=[{"Key": "a", "Value": "1"}])},
        Name=ref("T"),
        Arn=att("T", "Arn"),
        Stream=att("T", "StreamArn"),
    )
    dynamo = wired.client("dynamodb")
    dynamo.put_item(TableName=made["Name"], Item={"id": {"S": "kept"}})
    assert made["Name"].startswith(f"{stack}-T-")
    assert made["Stream"].startswith(made["Arn"] + "/stream/")
    changed = table(
        TimeToLiveSpecification={"AttributeName": "until", "Enabled": "true"}, Tags=[{"Key": "b", "Value": "2"}]
    )
    again = deploy(wired, stack, {"T": changed}, Name=ref("T"))
    assert again["Name"] == made["Name"]
    assert dynamo.describe_time_to_live(TableName=made["Name"])["TimeToLiveDescription"]["AttributeName"] == "until"
    assert dynamo.list_tags_of_resource(ResourceArn=made["Arn"])["Tags"] == [{"Key": "b", "Value": "2"}]
    assert dynamo.get_item(TableName=made["Name"], Key={"id": {"S": "kept"}})["Item"]
    other = {
        **changed,
        "Properties": {**changed["Properties"], "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]},
    }
    other["Properties"]["AttributeDefinitions"] = [{"AttributeName": "k", "AttributeType": "S"}]
    replaced = deploy(wired, stack, {"T": other}, Name=ref("T"))
    assert replaced["Name"] != made["Name"]
    assert made["Name"] not in dynamo.list_tables()["TableNames"]
    remove(wired, stack)
    assert replaced["Name"] not in dynamo.list_tables()["TableNames"]


def test_queues_and_topics(wired: Wired, stack: str) -> None:
    allow = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": att("Q", "Arn")}],
    }
    first = {
        "Dead": resource("SQS::Queue"),
        "Q": resource(
            "SQS::Queue",
            VisibilityTimeout=60,
            RedrivePolicy={"deadLetterTargetArn": att("Dead", "Arn"), "maxReceiveCount": 3},
            Tags=[{"Key": "a", "Value": "1"}],
        ),
        "P": resource("SQS::QueuePolicy", Queues=[ref("Q")], PolicyDocument=allow),
        "T": resource("SNS::Topic", DisplayName="one"),
        "S": resource(
            "SNS::Subscription", TopicArn=ref("T"), Protocol="sqs", Endpoint=att("Q", "Arn"), RawMessageDelivery=True
        ),
    }
    made = deploy(wired, stack, first, Url=ref("Q"), Name=att("Q", "QueueName"), Topic=ref("T"))
    sqs, sns = wired.client("sqs"), wired.client("sns")
    attributes = sqs.get_queue_attributes(QueueUrl=made["Url"], AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "60"
    assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 3
    assert "SendMessage" in attributes["Policy"]
    sns.publish(TopicArn=made["Topic"], Message="hello")
    assert sqs.receive_message(QueueUrl=made["Url"])["Messages"][0]["Body"] == "hello"
    second = {"Q": resource("SQS::Queue", VisibilityTimeout=90), "T": resource("SNS::Topic", DisplayName="two")}
    again = deploy(wired, stack, second, Url=ref("Q"))
    assert again["Url"] == made["Url"]
    attributes = sqs.get_queue_attributes(QueueUrl=made["Url"], AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "90"
    assert not attributes.get("Policy")
    assert sns.get_topic_attributes(TopicArn=made["Topic"])["Attributes"]["DisplayName"] == "two"
    assert sns.list_subscriptions_by_topic(TopicArn=made["Topic"])["Subscriptions"] == []
    remove(wired, stack)
    assert made["Topic"] not in [each["TopicArn"] for each in sns.list_topics()["Topics"]]


def test_buckets(wired: Wired, stack: str) -> None:
    block = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)
    encryption = [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": {"Fn::Sub": "${B.Arn}/*"}}],
    }
    first = {
        "B": resource(
            "S3::Bucket",
            VersioningConfiguration={"Status": "Enabled"},
            PublicAccessBlockConfiguration=block,
            BucketEncryption={"ServerSideEncryptionConfiguration": encryption},
            LifecycleConfiguration={"Rules": [{"Id": "old", "Status": "Enabled", "ExpirationInDays": "30"}]},
            CorsConfiguration={"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAge": 5}]},
            Tags=[{"Key": "a", "Value": "1"}],
        ),
        "P": resource("S3::BucketPolicy", Bucket=ref("B"), PolicyDocument=policy),
    }
    made = deploy(wired, stack, first, Name=ref("B"), Arn=att("B", "Arn"), Host=att("B", "RegionalDomainName"))
    name, s3 = made["Name"], wired.client("s3")
    assert name == name.lower()
    assert made["Arn"] == f"arn:aws:s3:::{name}"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"][0]["Expiration"]["Days"] == 30
    assert s3.get_bucket_cors(Bucket=name)["CORSRules"][0]["MaxAgeSeconds"] == 5
    assert f"{name}/*" in s3.get_bucket_policy(Bucket=name)["Policy"]
    deploy(wired, stack, {"B": resource("S3::Bucket", PublicAccessBlockConfiguration=block)})
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Suspended"
    with pytest.raises(s3.exceptions.ClientError):
        s3.get_bucket_policy(Bucket=name)
    s3.put_object(Bucket=name, Key="k", Body=b"1")
    formation = wired.client("cloudformation")
    formation.delete_stack(StackName=stack)
    assert wired.wait(stack)["StackStatus"] == "DELETE_FAILED"
    assert "BucketNotEmpty" in wired.reasons(stack)[0] or "not empty" in wired.reasons(stack)[0]
    for version in s3.list_object_versions(Bucket=name)["Versions"]:
        s3.delete_object(Bucket=name, Key="k", VersionId=version["VersionId"])
    remove(wired, stack)


def test_pools(wired: Wired, stack: str) -> None:
    def pool(**more: Any) -> dict[str, Template]:
        return {
            "Pool": resource("Cognito::UserPool", AutoVerifiedAttributes=["email"], **more),
            "Client": resource(
                "Cognito::UserPoolClient", UserPoolId=ref("Pool"), ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"]
            ),
            "Group": resource("Cognito::UserPoolGroup", UserPoolId=ref("Pool"), GroupName="admins"),
        }

    made = deploy(wired, stack, pool(), Pool=ref("Pool"), Arn=att("Pool", "Arn"), Client=ref("Client"))
    cognito = wired.client("cognito-idp")
    assert cognito.describe_user_pool(UserPoolId=made["Pool"])["UserPool"]["Arn"] == made["Arn"]
    assert cognito.get_group(UserPoolId=made["Pool"], GroupName="admins")["Group"]["GroupName"] == "admins"
    again = deploy(wired, stack, pool(MfaConfiguration="OFF", EmailVerificationSubject="hi"), Pool=ref("Pool"))
    assert again["Pool"] == made["Pool"]
    remove(wired, stack)
    with pytest.raises(cognito.exceptions.ResourceNotFoundException):
        cognito.describe_user_pool(UserPoolId=made["Pool"])


def test_settings(wired: Wired, stack: str) -> None:
    def settings(value: str, threshold: int) -> dict[str, Template]:
        return {
            "P": resource("SSM::Parameter", Type="String", Value=value, Tags={"a": "1"}),
            "A": resource(
                "CloudWatch::Alarm",
                ComparisonOperator="GreaterThanThreshold",
                EvaluationPeriods="1",
                MetricName="5XXError",
                Namespace="AWS/ApiGateway",
                Period=60,
                Statistic="Sum",
                Threshold=str(threshold),
            ),
            "K": resource("KMS::Key", Description=value, EnableKeyRotation=True),
            "KA": resource("KMS::Alias", AliasName=f"alias/{stack}", TargetKeyId=ref("K")),
        }

    made = deploy(wired, stack, settings("one", 1), P=ref("P"), V=att("P", "Value"), A=ref("A"), K=ref("K"))
    assert made["V"] == "one"
    deploy(wired, stack, settings("two", 2), P=ref("P"))
    assert wired.client("ssm").get_parameter(Name=made["P"])["Parameter"]["Value"] == "two"
    alarm = wired.client("cloudwatch").describe_alarms(AlarmNames=[made["A"]])["MetricAlarms"][0]
    assert alarm["Threshold"] == 2.0
    assert wired.client("kms").describe_key(KeyId=f"alias/{stack}")["KeyMetadata"]["Description"] == "two"
    remove(wired, stack)
    assert wired.client("kms").describe_key(KeyId=made["K"])["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_policies(wired: Wired, stack: str) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}

    def policies(action: str, **role: Any) -> dict[str, Template]:
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        return {
            "R": resource(
                "IAM::Role", AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]}, **role
            ),
            "I": resource("IAM::Policy", PolicyName="inline", PolicyDocument=document, Roles=[ref("R")]),
            "M": resource("IAM::ManagedPolicy", PolicyDocument=document, Roles=[ref("R")]),
        }

    made = deploy(wired, stack, policies("s3:GetObject"), R=ref("R"), M=ref("M"), Arn=att("R", "Arn"))
    iam = wired.client("iam")
    assert made["Arn"].endswith(f"role/{made['R']}")
    assert [each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName=made["R"])["AttachedPolicies"]] == [
        made["M"]
    ]
    again = deploy(
        wired, stack, policies("s3:PutObject", Description="new", MaxSessionDuration="7200"), R=ref("R"), M=ref("M")
    )
    assert again == {"R": made["R"], "M": made["M"]}
    document = iam.get_role_policy(RoleName=made["R"], PolicyName="inline")["PolicyDocument"]
    assert document["Statement"][0]["Action"] == "s3:PutObject"
    assert iam.get_role(RoleName=made["R"])["Role"]["MaxSessionDuration"] == 7200
    assert iam.get_policy(PolicyArn=made["M"])["Policy"]["DefaultVersionId"] == "v2"
    remove(wired, stack)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=made["R"])


def test_an_api_in_parts_with_a_domain_and_a_plan(wired: Wired, stack: str) -> None:
    zone = wired.client("route53").create_hosted_zone(Name=f"{stack}.example.com", CallerReference=stack)
    host = f"api.{stack}.example.com"

    def api(schema: dict[str, Any], **plan: Any) -> dict[str, Template]:
        return {
            "Api": resource("ApiGateway::RestApi", Name="parts", EndpointConfiguration={"Types": ["REGIONAL"]}),
            "Pets": resource(
                "ApiGateway::Resource", RestApiId=ref("Api"), ParentId=att("Api", "RootResourceId"), PathPart="pets"
            ),
            "Pet": resource(
                "ApiGateway::Model", RestApiId=ref("Api"), ContentType="application/json", Name="Pet", Schema=schema
            ),
            "Get": resource(
                "ApiGateway::Method",
                RestApiId=ref("Api"),
                ResourceId=ref("Pets"),
                HttpMethod="GET",
                ApiKeyRequired=True,
                AuthorizationType="NONE",
                Integration={
                    "Type": "MOCK",
                    "RequestTemplates": {"application/json": '{"statusCode": 200}'},
                    "IntegrationResponses": [{"StatusCode": "200"}],
                },
                MethodResponses=[{"StatusCode": 200, "ResponseModels": {"application/json": ref("Pet")}}],
            ),
            "Denied": resource(
                "ApiGateway::GatewayResponse", RestApiId=ref("Api"), ResponseType="ACCESS_DENIED", StatusCode=418
            ),
            "Deployment": {**resource("ApiGateway::Deployment", RestApiId=ref("Api")), "DependsOn": "Get"},
            "Stage": resource(
                "ApiGateway::Stage",
                RestApiId=ref("Api"),
                DeploymentId=ref("Deployment"),
                StageName="live",
                MethodSettings=[
                    {"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 5, "MetricsEnabled": True}
                ],
            ),
            "Cert": resource("CertificateManager::Certificate", DomainName=host, ValidationMethod="DNS"),
            "Domain": resource(
                "ApiGateway::DomainName",
                DomainName=host,
                RegionalCertificateArn=ref("Cert"),
                EndpointConfiguration={"Types": ["REGIONAL"]},
                SecurityPolicy="TLS_1_2",
            ),
            "Mapping": resource(
                "ApiGateway::BasePathMapping", DomainName=ref("Domain"), RestApiId=ref("Api"), Stage=ref("Stage")
            ),
            "Record": resource(
                "Route53::RecordSet",
                HostedZoneId=zone["HostedZone"]["Id"],
                Name=host,
                Type="A",
                AliasTarget={
                    "DNSName": att("Domain", "RegionalDomainName"),
                    "HostedZoneId": att("Domain", "RegionalHostedZoneId"),
                },
            ),
            "Key": resource("ApiGateway::ApiKey", Enabled=True),
            "Plan": resource("ApiGateway::UsagePlan", ApiStages=[{"ApiId": ref("Api"), "Stage": ref("Stage")}], **plan),
            "PlanKey": resource(
                "ApiGateway::UsagePlanKey", KeyId=ref("Key"), KeyType="API_KEY", UsagePlanId=ref("Plan")
            ),
        }

    made = deploy(
        wired,
        stack,
        api({"type": "object"}, Throttle={"RateLimit": 10, "BurstLimit": 5}),
        Api=ref("Api"),
        Plan=ref("Plan"),
        Key=ref("Key"),
        Resource=ref("Pets"),
    )
    gateway = wired.client("apigateway")
    method = gateway.get_method(restApiId=made["Api"], resourceId=made["Resource"], httpMethod="GET")
    assert method["methodIntegration"]["type"] == "MOCK"
    assert method["methodResponses"]["200"]["responseModels"] == {"application/json": "Pet"}
    assert (
        gateway.get_stage(restApiId=made["Api"], stageName="live")["methodSettings"]["*/*"]["throttlingRateLimit"]
        == 5.0
    )
    assert gateway.get_base_path_mappings(domainName=host)["items"][0]["stage"] == "live"
    assert [each["id"] for each in gateway.get_usage_plan_keys(usagePlanId=made["Plan"])["items"]] == [made["Key"]]
    changed = api({"type": "array"}, Quota={"Limit": 100, "Period": "DAY"}, UsagePlanName="gold")
    changed["Stage"]["Properties"]["MethodSettings"] = [
        {"ResourcePath": "/pets", "HttpMethod": "GET", "ThrottlingBurstLimit": 7}
    ]
    deploy(wired, stack, changed)
    plan = gateway.get_usage_plan(usagePlanId=made["Plan"])
    assert (plan["name"], plan["quota"]["limit"], "throttle" in plan) == ("gold", 100, False)
    settings = gateway.get_stage(restApiId=made["Api"], stageName="live")["methodSettings"]
    assert settings["~1pets/GET"]["throttlingBurstLimit"] == 7
    assert "*/*" not in settings
    assert "array" in gateway.get_model(restApiId=made["Api"], modelName="Pet")["schema"]
    remove(wired, stack)
    assert made["Key"] not in [each["id"] for each in gateway.get_api_keys()["items"]]


def test_secrets_zones_and_filters(wired: Wired, stack: str) -> None:
    def text(days: int) -> dict[str, Template]:
        transformation = {"MetricName": "errors", "MetricNamespace": "n", "MetricValue": str(days)}
        return {
            "S": resource(
                "SecretsManager::Secret",
                Description=str(days),
                GenerateSecretString={
                    "SecretStringTemplate": '{"user": "me"}',
                    "GenerateStringKey": "password",
                    "PasswordLength": "24",
                    "ExcludePunctuation": "true",
                },
            ),
            "Z": resource("Route53::HostedZone", Name=f"{stack}.test", HostedZoneConfig={"Comment": str(days)}),
            "R": resource(
                "Route53::RecordSetGroup",
                HostedZoneId=ref("Z"),
                RecordSets=[
                    {"Name": f"a.{stack}.test", "Type": "A", "TTL": str(days), "ResourceRecords": ["127.0.0.1"]}
                ],
            ),
            "L": resource("Logs::LogGroup", RetentionInDays=days),
            "F": resource(
                "Logs::MetricFilter",
                LogGroupName=ref("L"),
                FilterPattern="ERROR",
                MetricTransformations=[transformation],
            ),
        }

    made = deploy(wired, stack, text(7), S=ref("S"), Z=ref("Z"), L=ref("L"))
    secret = wired.client("secretsmanager").get_secret_value(SecretId=made["S"])["SecretString"]
    assert json.loads(secret)["user"] == "me"
    assert len(json.loads(secret)["password"]) == 24
    deploy(wired, stack, text(14))
    assert wired.client("secretsmanager").get_secret_value(SecretId=made["S"])["SecretString"] == secret
    records = wired.client("route53").list_resource_record_sets(HostedZoneId=made["Z"])["ResourceRecordSets"]
    assert [each["TTL"] for each in records if each["Type"] == "A"] == [14]
    found = wired.client("logs").describe_metric_filters(logGroupName=made["L"])["metricFilters"]
    assert found[0]["metricTransformations"][0]["metricValue"] == "14"
    remove(wired, stack)


def test_an_account_takes_the_role_for_logs(wired: Wired, stack: str) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = resource("IAM::Role", AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]})
    account = resource("ApiGateway::Account", CloudWatchRoleArn=att("R", "Arn"))
    made = deploy(wired, stack, {"R": role, "A": account}, Arn=att("R", "Arn"))
    assert wired.client("apigateway").get_account()["cloudwatchRoleArn"] == made["Arn"]
    remove(wired, stack)
