"""The template: readable, equal bytes for equal input, and what it freezes named by content."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from gatewright.errors import BuildError
from gatewright.lambdas.functions import Function
from gatewright.project import StageSettings
from gatewright.template.dump import dump
from gatewright.template.render import Blueprint, PackagedFunction, render

GOLDEN = Path(__file__).parent.parent / "golden" / "template"


def function(name: str = "hello", **settings: Any) -> Function:
    return Function(name=name, folder=Path(name), logical_name=name.title().replace("-", ""), **settings)


def packaged(name: str = "hello", digest: str = "A" * 43 + "=", **settings: Any) -> PackagedFunction:
    return PackagedFunction(
        function(name, **settings),
        key=f"hello/functions/{name}-0123456789ab.zip",
        code_sha256=digest,
        integrates=name != "authorizer",
        authorizes=name == "authorizer",
    )


def blueprint(**changes: Any) -> Blueprint:
    body = {"swagger": "2.0", "info": {"title": "hello", "version": "1"}, "paths": {}}
    made = Blueprint(
        api="hello",
        document="spec/hello/swagger.yaml",
        body=body,
        functions=(packaged(), packaged("authorizer", environment={"TOKENS": "x"})),
        stages=(StageSettings("TEST", "TEST"), StageSettings("PROD", "PROD", {"table": "pets"})),
    )
    return dataclasses.replace(made, **changes)


def test_the_template_is_the_golden_one(golden: Any) -> None:
    golden(GOLDEN / "hello.yaml", render(blueprint()).text)


def test_cfn_lint_finds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(render(blueprint()).text, encoding="utf-8")
    lint = subprocess.run(
        [str(Path(sys.executable).with_name("cfn-lint")), str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (lint.returncode, lint.stdout) == (0, "")


def test_equal_input_gives_equal_bytes() -> None:
    assert render(blueprint()).text == render(blueprint()).text


def test_code_alone_makes_a_new_version_and_a_new_deployment() -> None:
    before = render(blueprint())
    after = render(blueprint(functions=(packaged(digest="B" * 43 + "="), packaged("authorizer"))))
    assert after.versions["hello"] != before.versions["hello"]
    assert after.deployment_id != before.deployment_id


def test_a_stage_setting_makes_neither() -> None:
    before = render(blueprint())
    after = render(blueprint(stages=(StageSettings("TEST", "TEST", {"x": "1"}), StageSettings("PROD", "PROD"))))
    assert (after.versions, after.deployment_id) == (before.versions, before.deployment_id)
    assert after.text != before.text


def test_a_role_policy_makes_no_new_version() -> None:
    statement = {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*"}
    before = render(blueprint())
    after = render(
        blueprint(functions=(packaged(policy=(statement,)), packaged("authorizer", environment={"TOKENS": "x"})))
    )
    assert after.versions == before.versions


def test_no_parameter_has_a_default() -> None:
    parameters = yaml.load(render(blueprint()).text, Loader=TaglessLoader)["Parameters"]
    assert parameters
    assert [name for name, parameter in parameters.items() if "Default" in parameter] == []


def test_two_resources_of_one_name_are_refused() -> None:
    with pytest.raises(BuildError, match="HelloFunction"):
        render(blueprint(extra={"HelloFunction": {"Type": "AWS::SQS::Queue"}}, extra_source="resources.yaml"))


class TaglessLoader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as their plain values."""


TaglessLoader.add_multi_constructor(
    "!",
    lambda loader, _, node: (
        loader.construct_scalar(node)
        if isinstance(node, yaml.ScalarNode)
        else loader.construct_sequence(node, deep=True)
    ),
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(values, st.integers(0, 8))
@example({"\x85": "a\u2028b"}, 0)
def test_dumped_values_read_back_as_they_were(value: Any, indent: int) -> None:
    text = "key:\n" + " " * (indent + 1) + dump(value, indent + 1) + "\n"
    assert yaml.load(text, Loader=TaglessLoader) == {"key": value}
