"""Taking functions out of a deployed template's text: exactly their lines, and only of a text that is ours."""

from __future__ import annotations

import pytest

from gatewright.template.without import without_functions

TEXT = """Metadata:
  Gatewright:
    Api: hello
    Functions:
      hello: Hello
      extra: Extra

Parameters:
  Release:
    Type: String
  ProdHelloVersion:
    Type: String
  ProdExtraVersion:
    Type: String
    Description: The version of extra

Resources:
  HelloFunction:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: hello}

  # ── function extra: used no more, kept for the releases that use it (prune takes it out)
  ExtraFunction:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: extra

  ProdStage:
    Type: AWS::ApiGateway::Stage
    DependsOn:
      - HelloFunction
      - ExtraFunction
    Properties: {StageName: PROD}
"""
WITHOUT = """Metadata:
  Gatewright:
    Api: hello
    Functions:
      hello: Hello

Parameters:
  Release:
    Type: String
  ProdHelloVersion:
    Type: String

Resources:
  HelloFunction:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: hello}

  ProdStage:
    Type: AWS::ApiGateway::Stage
    DependsOn:
      - HelloFunction
    Properties: {StageName: PROD}
"""


def test_takes_out_a_function_line_by_line() -> None:
    taken = without_functions(TEXT, {"extra": "Extra"}, frozenset({"ExtraFunction"}), frozenset({"ProdExtraVersion"}))
    assert [line for line in taken.splitlines() if line] == [line for line in WITHOUT.splitlines() if line]


def test_refuses_a_text_of_another_hand() -> None:
    other = TEXT.replace("      extra: Extra\n", '      "extra": Extra\n')
    with pytest.raises(ValueError, match="not as Gatewright writes them"):
        without_functions(other, {"extra": "Extra"}, frozenset({"ExtraFunction"}), frozenset({"ProdExtraVersion"}))
