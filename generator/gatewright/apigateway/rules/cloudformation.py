"""The template around a document: sizes, and resources that get into the document's way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from gatewright.apigateway.rules.limits import known, resources
from gatewright.apigateway.rules.rule import Hit, Rule, Subject
from gatewright.findings import Severity

INLINE_BYTES, S3_BYTES = 51_200, 1024 * 1024
COUNTS = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
CONTENT = re.compile(r"[0-9a-fA-F]{8,}$")
REST_API = "AWS::ApiGateway::RestApi"
MADE_BY_SAM = ("Cors", "Auth", "GatewayResponses", "Models")


def size(subject: Subject) -> Iterator[Hit]:
    """Counted as JSON without spaces; what AWS::Include brings in counts too, once it is expanded."""
    count = len(json.dumps(subject.data, separators=(",", ":"), default=str).encode("utf-8", "surrogatepass"))
    if count > S3_BYTES:
        yield Hit(
            (), f"The template has {count} bytes; CloudFormation takes {S3_BYTES} from S3, {INLINE_BYTES} inline."
        )


def counts(subject: Subject) -> Iterator[Hit]:
    """One permission for each function, alias and stage makes many resources quickly."""
    for section, most in COUNTS.items():
        value = subject.at(section)
        if isinstance(value, Mapping) and len(value) > most:
            yield Hit((section,), f"The template has {len(value)} {section}; {most} are allowed.", on_key=True)
    if len(str(subject.data.get("Description", "")).encode()) > 1024:
        yield Hit(("Description",), "The template's description is longer than 1,024 bytes.")


def fixed_deployments(subject: Subject) -> Iterator[Hit]:
    """A deployment is a snapshot: a new one is made only when its logical id is new."""
    bodies = {name for (_, name, _), properties in resources(subject, REST_API) if "Body" in properties}
    for tokens, properties in resources(subject, "AWS::ApiGateway::Deployment"):
        api = str(properties.get("RestApiId", "")).removeprefix("${").removesuffix("}")
        if api in bodies and not CONTENT.search(tokens[1]):
            yield Hit(tokens[:2], f"{tokens[1]} deploys {api} once, and none of its later documents.", on_key=True)


def mixed(subject: Subject) -> Iterator[Hit]:
    """Every import of the document overwrites them."""
    bodies = {name for (_, name, _), properties in resources(subject, REST_API) if "Body" in properties}
    for tokens, properties in resources(subject, "AWS::ApiGateway::Method", "AWS::ApiGateway::Resource"):
        api = str(properties.get("RestApiId", "")).removeprefix("${").removesuffix("}")
        if api in bodies:
            yield Hit(tokens[:2], f"{tokens[1]} is lost at each import of {api}'s document.", on_key=True)


def deep_mappings(subject: Subject) -> Iterator[Hit]:
    """Paths with a slash need the newer kind of mapping, on a regional domain with TLS 1.2."""
    for tokens, properties in resources(subject, "AWS::ApiGateway::BasePathMapping"):
        path = properties.get("BasePath")
        if known(path) and "/" in str(path):
            yield Hit((*tokens, "BasePath"))


def ignored_by_sam(subject: Subject) -> Iterator[Hit]:
    """SAM writes them into a document that it has at hand; a DefinitionUri's it does not open."""
    for tokens, properties in resources(subject, "AWS::Serverless::Api"):
        if "DefinitionUri" in properties and "DefinitionBody" not in properties:
            for key in MADE_BY_SAM:
                if key in properties:
                    yield Hit((*tokens, key), f"{key} has no effect beside DefinitionUri.", on_key=True)


GUIDE = "CloudFormation User Guide, quotas"
API = "Api: {Type: AWS::ApiGateway::RestApi, Properties: {FailOnWarnings: true, Body: {swagger: '2.0'}}}"
DEPLOYMENT = "{Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: {Ref: Api}}}"
SAM = "Resources: {{Api: {{Type: AWS::Serverless::Api, Properties: {{StageName: TEST, {}}}}}}}"


def mapping(path: str) -> str:
    return f"Resources: {{Map: {{Type: AWS::ApiGateway::BasePathMapping, Properties: {{BasePath: {path}}}}}}}"


RULES: tuple[Rule, ...] = (
    Rule(
        "CFN-001",
        Severity.ERROR,
        "The template is larger than CloudFormation takes.",
        "move examples and descriptions out of the document, or split the API",
        "# a template of 2 MB",
        f"Resources: {{{API}}}",
        GUIDE,
        "documented",
        size,
        on="template",
    ),
    Rule(
        "CFN-002",
        Severity.ERROR,
        "The template has more resources, parameters, outputs or mappings than are allowed.",
        "split the stack",
        "# 501 resources",
        f"Resources: {{{API}}}",
        GUIDE,
        "documented",
        counts,
        on="template",
    ),
    Rule(
        "CFN-003",
        Severity.ERROR,
        "A file that AWS::Include brings in holds short tags, or includes again.",
        'write {"Fn::Sub": …} and its like in full',
        "uri: !Sub arn:aws:apigateway:${AWS::Region}:sqs:path/a",
        "uri: {'Fn::Sub': 'arn:aws:apigateway:${AWS::Region}:sqs:path/a'}",
        "CloudFormation User Guide, AWS::Include",
        "documented",
        note="The transform reads the file as plain YAML, to which a short tag is an error.",
    ),
    Rule(
        "CFN-004",
        Severity.WARNING,
        "The document changes, and the deployment does not.",
        "put a digest of the document into the deployment's logical id, as Gatewright does",
        f"Resources: {{{API}, Deployment: {DEPLOYMENT}}}",
        f"Resources: {{{API}, Deployment1a2b3c4d: {DEPLOYMENT}}}",
        "CloudFormation User Guide, AWS::ApiGateway::Deployment",
        "documented",
        fixed_deployments,
        on="template",
    ),
    Rule(
        "CFN-005",
        Severity.WARNING,
        "Methods and resources stand beside a document of the same API.",
        "move them into the document",
        f"Resources: {{{API}, Cats: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: {{Ref: Api}}}}}}}}",
        f"Resources: {{{API}}}",
        "observed: stacks that mixed both",
        "observed",
        mixed,
        on="template",
    ),
    Rule(
        "CFN-006",
        Severity.ERROR,
        "A base path mapping has a slash in it.",
        "use an AWS::ApiGatewayV2::ApiMapping",
        mapping("cats/v1"),
        mapping("cats"),
        "Developer Guide, API mappings",
        "documented",
        deep_mappings,
        on="template",
    ),
    Rule(
        "CFN-007",
        Severity.ERROR,
        "A file that DefinitionUri names holds intrinsic functions.",
        "use DefinitionBody with AWS::Include",
        "DefinitionUri: ./swagger.yaml   # where Fn::Sub is used",
        "DefinitionBody: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: ./swagger.yaml}}}",
        "SAM Developer Guide, AWS::Serverless::Api",
        "documented",
    ),
    Rule(
        "CFN-008",
        Severity.DROPPED,
        "What SAM would write into the document has no effect beside DefinitionUri.",
        "use DefinitionBody",
        SAM.format("DefinitionUri: 's3://b/k', Cors: \"'*'\""),
        SAM.format("DefinitionBody: {swagger: '2.0', info: {title: a, version: '1'}, paths: {}}, Cors: \"'*'\""),
        "SAM Developer Guide, AWS::Serverless::Api",
        "documented",
        ignored_by_sam,
        on="template",
    ),
)
