"""function.yaml: every setting, and every mistake at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatewright.errors import UsageError
from gatewright.lambdas.functions import Function, load, load_all, logical_name
from gatewright.project import FunctionFolder


def folder_with(tmp_path: Path, text: str | None, name: str = "hello") -> FunctionFolder:
    folder = tmp_path / name
    folder.mkdir()
    if text is not None:
        (folder / "function.yaml").write_text(text, encoding="utf-8")
    return FunctionFolder(name, folder)


@pytest.mark.parametrize("text", [None, "", "# nothing\n", "{}"])
def test_everything_has_a_default(tmp_path: Path, text: str | None) -> None:
    function = load(folder_with(tmp_path, text))
    assert function == Function("hello", tmp_path / "hello", "Hello")
    assert (function.handler, function.runtime, function.architecture) == ("handler.handler", "python3.12", "x86_64")
    assert (function.memory, function.timeout) == (128, 10)


def test_every_setting(tmp_path: Path) -> None:
    text = """
description: Greets
handler: api/app.main
runtime: python3.13
architecture: arm64
memory: 512
timeout: 30
reserved_concurrency: 0
environment:
  TABLE: !Ref OrdersTable
  QUEUE: !GetAtt Orders.QueueName
  URL: !Sub "https://${Api}.example.com"
  MODE: fast
layers:
  - arn:aws:lambda:eu-west-1:123456789012:layer:tools:3
policy:
  - Effect: Allow
    Action: [dynamodb:GetItem, dynamodb:Query]
    Resource: !GetAtt OrdersTable.Arn
  - Fn::If: [Wide, {Effect: Allow, Action: "s3:*", Resource: "*"}, {Ref: "AWS::NoValue"}]
"""
    function = load(folder_with(tmp_path, text))
    assert function == Function(
        name="hello",
        folder=tmp_path / "hello",
        logical_name="Hello",
        handler="api/app.main",
        runtime="python3.13",
        architecture="arm64",
        memory=512,
        timeout=30,
        description="Greets",
        reserved_concurrency=0,
        environment={
            "TABLE": {"Ref": "OrdersTable"},
            "QUEUE": {"Fn::GetAtt": ["Orders", "QueueName"]},
            "URL": {"Fn::Sub": "https://${Api}.example.com"},
            "MODE": "fast",
        },
        layers=("arn:aws:lambda:eu-west-1:123456789012:layer:tools:3",),
        policy=(
            {
                "Effect": "Allow",
                "Action": ["dynamodb:GetItem", "dynamodb:Query"],
                "Resource": {"Fn::GetAtt": ["OrdersTable", "Arn"]},
            },
            {"Fn::If": ["Wide", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Ref": "AWS::NoValue"}]},
        ),
    )


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("memory: 128\ntimeuot: 3\n", "2:1", "no setting 'timeuot'"),
        ("- memory\n", "1:", "not a mapping"),
        ("memory: 64\n", "1:", "64 is not a whole number from 128 to 10240"),
        ("memory: lots\n", "1:", "'lots' is not a whole number"),
        ("timeout: yes\n", "1:", "is not a whole number from 1 to 900"),
        ("timeout: 901\n", "1:", "901"),
        ("timeout: 1.5\n", "1:", "1.5"),
        ("runtime: nodejs20.x\n", "1:", "'nodejs20.x' is not supported"),
        ("architecture: arm\n", "1:", "'arm' is not supported"),
        ("handler: main\n", "1:", "names no handler"),
        ("description: [a]\n", "1:", "not a text"),
        (f"description: {'x' * 257}\n", "1:", "at most 256"),
        ("environment: [A]\n", "1:", "not a mapping"),
        ("environment:\n  OK: x\n  PORT: 80\n", "3:", "80 is not a text"),
        ("environment:\n  DEBUG: true\n", "2:", "is not a text"),
        ("environment:\n  LIST: {a: b}\n", "2:", "is not a text"),
        ("environment:\n  1A: x\n", "2:3", "cannot be an environment variable"),
        ("environment:\n  AWS_REGION: x\n", "2:3", "Lambda sets AWS_REGION itself"),
        (f"environment:\n  LONG: {'x' * 4096}\n", "", "4100 bytes; Lambda takes 4096"),
        ("policy:\n  Effect: Allow\n", "", "not a list"),
        ("policy:\n  - Effect: Allow\n    Action: x:y\n", "2:", "exactly one of Resource and NotResource"),
        ("policy:\n  - {Effect: allow, Action: a, Resource: b}\n", "2:", "neither Allow nor Deny"),
        ("policy:\n  - Effect: Allow\n    Principal: x\n", "3:5", "no 'Principal'"),
        ("policy:\n  - text\n", "2:", "not a mapping"),
        ("layers: [a]\n", "1:", "'a' is no layer version"),
        ("layers: arn\n", "1:", "at most 5"),
        ("reserved_concurrency: -1\n", "1:", "-1"),
        ("memory: [\n", "", ""),
        ("memory: 128\nmemory: 256\n", "2:", ""),
    ],
)
def test_a_mistake_is_said_at_its_line(tmp_path: Path, text: str, place: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(folder_with(tmp_path, text))
    assert f"{tmp_path / 'hello' / 'function.yaml'}:{place}" in caught.value.message
    assert message in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 2


def test_names(tmp_path: Path) -> None:
    assert [logical_name(name) for name in ("hello", "my-func", "my_func", "a1-b2")] == [
        "Hello",
        "MyFunc",
        "MyFunc",
        "A1B2",
    ]
    for name in ("1st", "with space", "x" * 42, "dots.in"):
        with pytest.raises(UsageError, match="cannot be a function's name"):
            load(folder_with(tmp_path, None, name))


def test_two_names_that_are_one_in_the_template(tmp_path: Path) -> None:
    folders = [folder_with(tmp_path, None, name) for name in ("my-func", "other", "my_func")]
    with pytest.raises(UsageError, match="'my_func' and 'my-func' are both MyFunc"):
        load_all(folders)
    assert [function.name for function in load_all(folders[:2])] == ["my-func", "other"]
