"""The codes of what reading finds: those of API Gateway's rules that reading decides, and our own beside them.

Each has its words here, so that the rules' pages can be made from them; the modules of this room only add the place.
"""

from __future__ import annotations

from dataclasses import dataclass

from gatewright.findings import Finding, Location, Severity


@dataclass(frozen=True, slots=True)
class Code:
    """A reading code: `title` is one sentence, `why` what happens otherwise, `bad` and `good` are snippets."""

    id: str
    severity: Severity
    title: str
    why: str
    help: str
    bad: str
    good: str
    aws_message: str | None = None
    source: str = "YAML 1.1 (yaml.org/type), which API Gateway's parser and PyYAML follow"

    def finding(self, message: str, pointer: str = "", *, help: str = "", on_key: bool = False) -> Finding:
        return Finding(
            self.id, self.severity, message, pointer, help or self.help, aws_message=self.aws_message, on_key=on_key
        )

    def at(self, message: str, location: Location, pointer: str = "", *, help: str = "") -> Finding:
        return Finding(
            self.id,
            self.severity,
            message,
            pointer,
            help or self.help,
            aws_message=self.aws_message,
            location=location,
        )


UNREADABLE = Code(
    "DOC-001",
    Severity.ERROR,
    "The body must be parseable YAML or JSON.",
    "API Gateway answers with one generic message and no line number.",
    "correct the syntax at the place shown",
    'openapi: 3.0.1\ninfo: {title: a, version: "1"\npaths: {}',
    'openapi: 3.0.1\ninfo: {title: a, version: "1"}\npaths: {}',
    "Invalid OpenAPI input.",
    "observed on AWS (an import of a bad file)",
)
TOO_LARGE = Code(
    "DOC-002",
    Severity.ERROR,
    "The API definition file may be at most 6 MB.",
    "ImportRestApi and PutRestApi refuse the request.",
    "split the API, or move examples and long descriptions out of the document",
    "# a 7 MB swagger.yaml",
    "# below 6 MB",
    None,
    "API Gateway API Reference, ImportRestApi; API Gateway Developer Guide, limits",
)
REFERENCE = Code(
    "DOC-006",
    Severity.ERROR,
    "A $ref must lead to something inside the document or, relative, inside the repository.",
    "API Gateway loads neither files nor URLs; Gatewright bundles relative files before it builds.",
    "refer to '#/definitions/Name', or to a file inside the repository by its relative path",
    "schema: {$ref: https://example.com/Pet.yaml}",
    'schema: {$ref: "#/definitions/Pet"}',
    None,
    'observed on AWS: "Parse issue: Unable to load RELATIVE ref: ./x.yaml path: ."',
)
DUPLICATE_KEY = Code(
    "YAML-001",
    Severity.ERROR,
    "A key stands twice in one mapping.",
    "Parsers keep the last and drop the first without a word: an operation, or its security, can vanish.",
    "keep one of the two",
    "get: {responses: {}}\nget: {}",
    "get: {responses: {}}",
    None,
    "YAML 1.2.2, 3.2.1.1: keys are unique; RFC 8259, 4",
)
BOOLEAN_WORD = Code(
    "YAML-002",
    Severity.WARNING,
    "yes, no, on and off without quotes are booleans.",
    "The country code no becomes false; the word on becomes true.",
    "quote it if a word is meant; write true or false if not",
    "enum: [se, no]",
    'enum: [se, "no"]',
)
NUMBER = Code(
    "YAML-003",
    Severity.WARNING,
    "A number is written in a form that only YAML 1.1 reads this way.",
    "010 is 8, 12:30:45 is 45045, 1_000 is 1000; a JSON or YAML 1.2 reader sees something else.",
    "quote it if text is meant; write a plain decimal number if not",
    "example: 12:30:45",
    'example: "12:30:45"',
)
DATE = Code(
    "YAML-004",
    Severity.WARNING,
    "A date without quotes is a date object for YAML 1.1, not text.",
    "A policy's Version: 2012-10-17 is then no version any more. Gatewright reads the text as written.",
    "quote it",
    "Version: 2012-10-17",
    'Version: "2012-10-17"',
)
ODD_KEY = Code(
    "YAML-005",
    Severity.WARNING,
    "A key that is not text changes its spelling on the way to JSON.",
    "no: becomes the key false, 1.10: becomes 1.1. Whole numbers (status codes) are fine.",
    "quote the key",
    "properties: {on: {type: string}}",
    'properties: {"on": {type: string}}',
)
UNKNOWN_TAG = Code(
    "YAML-006",
    Severity.ERROR,
    "A YAML tag that neither YAML nor CloudFormation knows, or that does not fit its value.",
    "API Gateway's parser refuses the document.",
    "remove the tag; CloudFormation's (!Sub, !Ref, !GetAtt, ...) may stay",
    "uri: !include hello.txt",
    "uri: !Sub ${HelloFunction.Arn}",
)
NOT_JSON = Code(
    "YAML-007",
    Severity.ERROR,
    "A value that JSON cannot hold (not a number, infinity, binary data, half a surrogate pair).",
    "The document reaches API Gateway as JSON.",
    "write it as a quoted string or as a finite number",
    "maximum: .inf",
    "maximum: 100",
    None,
    "RFC 8259, 6 and 8.2",
)
SILENCE = Code(
    "SIL-001",
    Severity.WARNING,
    "A comment that silences a finding needs the finding's code and a reason.",
    "Without a reason nobody can tell later whether it still holds; the finding is not silenced.",
    "write: # gatewright: ignore SEC-014 -- why it is right here",
    "a: 1  # gatewright: ignore SEC-014",
    "a: 1  # gatewright: ignore SEC-014 -- the method only redirects",
    None,
    "Gatewright",
)
UNUSED_SILENCE = Code(
    "SIL-002",
    Severity.WARNING,
    "A comment silences a finding that is not there.",
    "It would hide the mistake when somebody makes it again.",
    "remove the comment",
    "a: 1  # gatewright: ignore SEC-014 -- fixed since",
    "a: 1",
    None,
    "Gatewright",
)
UNKNOWN_FUNCTION = Code(
    "FUN-001",
    Severity.ERROR,
    "${lambda:name} names a function that is not in lambdas/.",
    "There would be nothing to invoke.",
    "name a folder of lambdas/",
    "uri: ${lambda:helo}",
    "uri: ${lambda:hello}",
    None,
    "Gatewright",
)
ALIAS_ADDED = Code(
    "FUN-002",
    Severity.WARNING,
    "A function is referred to without an alias; Gatewright adds :${stageVariables.alias}.",
    "Without it every stage runs $LATEST, and promotion is void.",
    "write ${lambda:name}, which carries the alias",
    "uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${HelloFunction.Arn}/invocations",
    "uri: ${lambda:hello}",
    None,
    "API Gateway Developer Guide, stage variables; Lambda Developer Guide, versions and aliases",
)
FIXED_ALIAS = Code(
    "FUN-003",
    Severity.WARNING,
    "A function is referred to with a qualifier that no stage can choose.",
    "Every stage runs that version: TEST is not what PROD becomes.",
    "write ${lambda:name}, whose alias each stage sets",
    "uri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:hello:PROD/invocations",
    "uri: ${lambda:hello}",
    None,
    "API Gateway Developer Guide, stage variables",
)
UNESCAPED_STAGE_VARIABLE = Code(
    "FUN-004",
    Severity.WARNING,
    "Under Fn::Sub a stage variable is written ${!stageVariables.name}; Gatewright adds the exclamation mark.",
    "CloudFormation would look for a resource called stageVariables and fail.",
    "write ${!stageVariables.name}",
    "uri: !Sub https://${stageVariables.host}/",
    "uri: !Sub https://${!stageVariables.host}/",
    None,
    "CloudFormation User Guide, Fn::Sub",
)
UNUSED_FUNCTION = Code(
    "PRJ-001",
    Severity.WARNING,
    "A folder of lambdas/ is named by no document.",
    "It is neither built nor deployed.",
    "use it by ${lambda:name}, or remove its folder",
    "# lambdas/old/handler.py, but nowhere: ${lambda:old}",
    "uri: ${lambda:old}",
    None,
    "Gatewright",
)
MISPLACED_FUNCTION = Code(
    "FUN-006",
    Severity.WARNING,
    "${lambda:name} stands where no function can be called.",
    "It is replaced only in the uri of an integration and the authorizerUri of an authorizer.",
    "move it to a uri or authorizerUri",
    "credentials: ${lambda:hello}",
    "uri: ${lambda:hello}",
    None,
    "Gatewright",
)
STRUCTURE = Code(
    "STR-001",
    Severity.ERROR,
    "The document does not have the structure that OpenAPI describes.",
    "API Gateway takes some of these documents; every other OpenAPI tool stumbles.",
    "follow the OpenAPI specification at the place shown",
    "parameters: {name: id}",
    "parameters: [{name: id, in: query, type: string}]",
    None,
    "OpenAPI Specification 2.0 and 3.0, JSON Schema",
)
SCHEMA = Code(
    "STR-002",
    Severity.ERROR,
    "The document breaks OpenAPI's schema (strict profile).",
    "API Gateway imports many such documents; generators and documentation tools refuse them.",
    "follow the OpenAPI specification at the place shown",
    "info: {title: a}",
    'info: {title: a, version: "1.0"}',
    None,
    "OpenAPI Specification 2.0 and 3.0, JSON Schema",
)
STRICT = Code(
    "STR-003",
    Severity.ERROR,
    "The document breaks a rule of OpenAPI that its schema cannot express (strict profile).",
    "Generators and documentation tools refuse it.",
    "follow the OpenAPI specification",
    "get: {operationId: a}\npost: {operationId: a}",
    "get: {operationId: getA}\npost: {operationId: postA}",
    None,
    "openapi-spec-validator",
)
NOT_LOOKED_INTO = Code(
    "EMB-001",
    Severity.WARNING,
    "A template's API has its document elsewhere (on S3, or in a parameter).",
    "Nothing can be said about it: whether it imports shows at the deployment.",
    "validate that document itself, or include it from a file",
    "BodyS3Location: {Bucket: b, Key: swagger.yaml}",
    "Body: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./swagger.yaml}}}",
    None,
    "Gatewright",
)
DEFINITION_URI = Code(
    "CFN-007",
    Severity.ERROR,
    "Intrinsic functions are not supported in files referenced by DefinitionUri.",
    "The file goes to S3 as it is; API Gateway refuses the objects that stand where it expects text.",
    "use DefinitionBody with AWS::Include",
    "DefinitionUri: ./swagger.yaml   # contains Fn::Sub",
    "DefinitionBody:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./swagger.yaml}}",
    None,
    "SAM Developer Guide, AWS::Serverless::Api, DefinitionUri",
)

CODES: tuple[Code, ...] = (
    UNREADABLE,
    TOO_LARGE,
    REFERENCE,
    DUPLICATE_KEY,
    BOOLEAN_WORD,
    NUMBER,
    DATE,
    ODD_KEY,
    UNKNOWN_TAG,
    NOT_JSON,
    SILENCE,
    UNUSED_SILENCE,
    UNKNOWN_FUNCTION,
    ALIAS_ADDED,
    FIXED_ALIAS,
    UNESCAPED_STAGE_VARIABLE,
    MISPLACED_FUNCTION,
    UNUSED_FUNCTION,
    STRUCTURE,
    SCHEMA,
    STRICT,
    NOT_LOOKED_INTO,
    DEFINITION_URI,
)
