"""The templates of the shared authorizer and of a custom domain: what they hold, and that cfn-lint agrees."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gatewright.lambdas.functions import Function
from gatewright.project import StageSettings
from gatewright.spec import document
from gatewright.template import authorizer, domain
from gatewright.template.domain import DomainBlueprint, MappedPath
from gatewright.template.render import PackagedFunction

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
PATHS = (
    MappedPath("", "hello", "abc123", "PROD"),
    MappedPath("v1", "hello", "abc123", "TEST"),
    MappedPath("orders/v1", "orders", "def456", "PROD"),
)


def resources(text: str) -> dict[str, Any]:
    held: dict[str, Any] = document.parse(text.encode(), "template").data["Resources"]
    return held


def the_authorizer() -> str:
    packaged = PackagedFunction(
        Function("gate", Path("gate"), "Gate", environment={"TEXT": "a: {b} '\"\n# c"}),
        key="authorizer/functions/gate-0.zip",
        code_sha256="A" * 43 + "=",
        integrates=False,
        authorizes=True,
    )
    stages = (StageSettings("TEST", "TEST"), StageSettings("PROD", "live"))
    return authorizer.render(authorizer.AuthorizerBlueprint(packaged, stages, 30))


def test_each_part_of_a_base_path_decides_the_kind_of_its_mapping() -> None:
    held = resources(domain.render(DomainBlueprint("api.example.com", PATHS, CERTIFICATE, "Z0123456789ABC")))
    root, one, several = (held[path.id] for path in PATHS)
    assert (root["Type"], root["DependsOn"]) == ("AWS::ApiGateway::BasePathMapping", "Domain")
    assert "BasePath" not in root["Properties"]
    assert one["Properties"] == {
        "DomainName": "api.example.com",
        "BasePath": "v1",
        "RestApiId": "abc123",
        "Stage": "TEST",
    }
    assert several["Type"] == "AWS::ApiGatewayV2::ApiMapping"
    assert several["Properties"]["ApiMappingKey"] == "orders/v1"
    assert several["DependsOn"] == PATHS[1].id
    assert held["Domain"]["Properties"]["SecurityPolicy"] == "TLS_1_2"
    assert {held[f"Record{kind}"]["Properties"]["Type"] for kind in ("A", "AAAA")} == {"A", "AAAA"}


def test_a_domain_of_another_stack_only_gets_base_paths() -> None:
    held = resources(domain.render(DomainBlueprint("api.example.com", PATHS)))
    assert set(held) == {path.id for path in PATHS}
    assert "DependsOn" not in held[PATHS[0].id]


def test_the_authorizers_text_cannot_break_out_of_its_place() -> None:
    held = resources(the_authorizer())
    assert held["GateFunction"]["Properties"]["Environment"]["Variables"]["TEXT"] == "a: {b} '\"\n# c"
    assert held["GateProdAlias"]["Properties"]["Name"] == "live"


@pytest.mark.slow
def test_cloudformations_linter_finds_nothing(tmp_path: Path) -> None:
    whole = DomainBlueprint("api.example.com", PATHS, CERTIFICATE, "Z0123456789ABC")
    for name, text in (("domain", domain.render(whole)), ("authorizer", the_authorizer())):
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        linter = [str(Path(sys.executable).with_name("cfn-lint")), str(path)]
        ran = subprocess.run(linter, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout
