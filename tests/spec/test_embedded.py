"""Documents in templates: each is found, and every place is the template's."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatewright.findings import Finding, Location, Severity
from gatewright.spec.document import Document, parse, read
from gatewright.spec.embedded import Embedded, embedded, is_template

TEMPLATE = b"""\
AWSTemplateFormatVersion: 2010-09-09
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      DefinitionBody:
        swagger: 2.0
        info: {title: !Ref AWS::StackName}
        security: []  # gatewright: ignore SEC-014 -- it only redirects
        paths:
          /a:
            get:
              enum: [no]
  Plain:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        Fn::If:
          - C
          - {openapi: 3.0.1, paths: {/one: {}}}
          - {openapi: 3.0.1, paths: {/two: {}}}
  Other: {Type: AWS::S3::Bucket, Properties: {Body: {swagger: '2.0'}}}  # gatewright: ignore A-1 -- elsewhere
"""


def place(document: Document, pointer: str, code: str = "A-1") -> Finding:
    return document.place(Finding(code, Severity.ERROR, "x", pointer))


def test_inline_bodies_are_found_with_the_templates_lines() -> None:
    template = parse(TEMPLATE, "template.yaml")
    assert is_template(template.data)
    found = embedded(template)
    assert [each.resource for each in found.documents] == ["Api", "Plain", "Plain"]
    api, one, two = (each.document for each in found.documents)
    assert api.data["swagger"] == "2.0"
    assert api.data["info"] == {"title": {"Ref": "AWS::StackName"}}
    assert place(api, "/paths/~1a/get").location == Location("template.yaml", 13, 13, 3)
    assert place(api, "").location == Location("template.yaml", 7, 7, 14)
    assert place(one, "/paths/~1one").location == Location("template.yaml", 21, 38, 4)
    assert place(two, "/paths/~1two").location == Location("template.yaml", 22, 38, 4)
    assert found.findings == ()


def test_only_what_reading_found_in_the_body_is_the_documents() -> None:
    template = parse(TEMPLATE, "template.yaml")
    assert [finding.code for finding in template.findings] == ["YAML-004", "YAML-002"]
    api = embedded(template).documents[0].document
    assert [(finding.code, finding.pointer) for finding in api.findings] == [("YAML-002", "/paths/~1a/get/enum/0")]


def test_silences_in_the_body_count_and_others_are_not_unused_here() -> None:
    api = embedded(parse(TEMPLATE, "template.yaml")).documents[0].document
    assert place(api, "/security", "SEC-014").silenced == "it only redirects"
    settled = api.settle([Finding("SEC-014", Severity.ERROR, "x", "/security")])
    assert [finding.code for finding in settled] == ["SEC-014", "YAML-002"]


def test_silencing_members_in_a_json_template() -> None:
    text = b"""{"Resources": {"A": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body":
    {"swagger": "2.0", "security": [], "x-gatewright-ignore": {"SEC-014": "why"}}}}}}"""
    (found,) = embedded(parse(text, "template.json")).documents
    assert found.document.data == {"swagger": "2.0", "security": []}
    assert place(found.document, "/security", "SEC-014").silenced == "why"


@pytest.mark.parametrize("include", [
    "DefinitionBody: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./api.yaml}}}",
    "DefinitionUri: api.yaml",
])  # fmt: skip
def test_included_files_are_read(tmp_path: Path, include: str) -> None:
    (tmp_path / "api.yaml").write_text("swagger: '2.0'\npaths:\n  /a: {}\n")
    (tmp_path / "template.yaml").write_text(
        f"Resources:\n  A:\n    Type: AWS::Serverless::Api\n    Properties:\n      {include}\n"
    )
    found = embedded(read(tmp_path / "template.yaml"))
    (made,) = found.documents
    assert made.document.data["paths"] == {"/a": {}}
    assert place(made.document, "/paths/~1a").location == Location(str(tmp_path / "api.yaml"), 3, 3, 2)
    assert found.findings == ()


def test_intrinsics_in_a_definition_uris_file_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text("swagger: '2.0'\nx: {uri: !Sub a}\n")
    (tmp_path / "template.yaml").write_text(
        "Resources: {A: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: api.yaml}}}"
    )
    (finding,) = embedded(read(tmp_path / "template.yaml")).findings
    assert (finding.code, finding.pointer) == ("CFN-007", "/x/uri")
    assert finding.location == Location(str(tmp_path / "api.yaml"), 2, 10, 6)


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ("{BodyS3Location: {Bucket: b, Key: k}}", "EMB-001"),
        ("{Body: !Ref Document}", "EMB-001"),
        ("{Body: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://b/k'}}}}", "EMB-001"),
        ("{Body: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: none.yaml}}}}", "DOC-006"),
        ("{Body: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: .}}}}", "DOC-006"),
    ],
)
def test_what_cannot_be_looked_into_is_said(tmp_path: Path, properties: str, code: str) -> None:
    (tmp_path / "t.yaml").write_text(
        f"Resources:\n  A:\n    Type: AWS::ApiGateway::RestApi\n    Properties: {properties}"
    )
    found = embedded(read(tmp_path / "t.yaml"))
    assert found.documents == ()
    assert found.findings[-1].code == code
    assert found.findings[-1].location is not None
    assert found.findings[-1].location.line == 4


def test_nothing_is_bundled_into_a_template(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("type: object")
    (tmp_path / "t.yaml").write_text(
        "Resources: {A: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {definitions: {B: {$ref: b.yaml}}}}}}"
    )
    (made,) = embedded(read(tmp_path / "t.yaml")).documents
    assert [finding.code for finding in made.document.findings] == ["DOC-006"]


@pytest.mark.parametrize(
    "text", [b"a: 1", b"Resources: []", b"Resources: {a: 1}", b"swagger: '2.0'\nResources: {A: {Type: x}}"]
)
def test_what_is_no_template(text: bytes) -> None:
    assert not is_template(parse(text, "a.yaml").data)


def test_the_corpus_templates(shared: Path) -> None:
    def documents(start: str) -> tuple[Embedded, ...]:
        (path,) = (shared / "corpus").glob(f"{start}-*")
        template = read(path)
        assert is_template(template.data)
        return embedded(template).documents

    found = {start: documents(start) for start in ("016", "025", "053", "054", "071")}
    assert {start: [(each.resource, each.is_http_api) for each in each_of] for start, each_of in found.items()} == {
        "016": [("UnicornApi", False)],
        "025": [("MyApi", False)],
        "053": [("RestApiIfIntrinsicAndNoSwaggerEditor", False)] * 2
        + [("HttpApiIfIntrinsicAndNoOpenApiEditor", True)] * 2,
        "054": [("ExplicitApi", False)],
        "071": [("ApiGatewayApi", False)],
    }
    for each_of in found.values():
        assert all("paths" in each.document.data for each in each_of)
