"""Documents inside templates: findings stand at the template's lines, or in the files that it includes."""

from __future__ import annotations

from pathlib import Path

from gatewright.findings import Finding
from gatewright.workflows.check import check_file
from gatewright.workflows.levels import levels_of

TEMPLATE = """Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      FailOnWarnings: true
      Body:
        swagger: "2.0"
        info: {title: cats, version: "1"}
        paths:
          /cats:
            get:
              deprecated: true
              responses: {"200": {description: ok}}
              x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: !Sub "https://${Host}/"}
"""
INCLUDING = """Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: TEST, FailOnWarnings: true, %s}
"""
INCLUDE = "DefinitionBody: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: ./cats.yaml}}}"
CATS = """swagger: "2.0"
info: {title: cats, version: "1"}
paths:
  /cats:
    get:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: !Sub "https://${Host}/"}
"""


def placed(folder: Path, template: str) -> dict[str, tuple[str, int]]:
    path = folder / "template.yaml"
    path.write_text(template, encoding="utf-8")
    found: tuple[Finding, ...] = check_file(path, None, levels_of(None)).findings
    return {each.code: (Path(each.location.file).name, each.location.line) for each in found if each.location}


def test_inline_body(tmp_path: Path) -> None:
    assert placed(tmp_path, TEMPLATE) == {"DOC-010": ("template.yaml", 12)}


def test_silence_in_a_body(tmp_path: Path) -> None:
    silenced = TEMPLATE.replace(
        "true\n              res", "true  # gatewright: ignore DOC-010 -- told\n              res"
    )
    path = tmp_path / "template.yaml"
    path.write_text(silenced, encoding="utf-8")
    assert [each.silenced for each in check_file(path, None, levels_of(None)).findings] == ["told"]


def test_short_tags_in_an_included_file(tmp_path: Path) -> None:
    (tmp_path / "cats.yaml").write_text(CATS, encoding="utf-8")
    assert placed(tmp_path, INCLUDING % INCLUDE) == {"CFN-003": ("cats.yaml", 7)}
    (tmp_path / "cats.yaml").write_text(CATS.replace('!Sub "https', '"https'), encoding="utf-8")
    assert placed(tmp_path, INCLUDING % INCLUDE) == {"DOC-008": ("cats.yaml", 7)}


def test_intrinsics_in_a_definition_uri(tmp_path: Path) -> None:
    (tmp_path / "cats.yaml").write_text(CATS, encoding="utf-8")
    assert placed(tmp_path, INCLUDING % "DefinitionUri: ./cats.yaml") == {"CFN-007": ("cats.yaml", 7)}
    assert placed(tmp_path, INCLUDING % INCLUDE).keys() == {"CFN-003"}
