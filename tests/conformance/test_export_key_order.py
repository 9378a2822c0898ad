"""Sequences of keys seen in exports of real APIs, against the order in which our exporter writes the same keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from conformance.key_order_apis import FULL, STAGE, api_with
from gatewright.apigateway.exporter import export
from gatewright.apigateway.java import hash_order
from gatewright.apigateway.model import RestApi

Sequence = dict[str, Any]
# Where AWS's own order is not one order, or was another one in that year.
NO_RULE = {"gateway-responses": "both orders are seen in exports: no rule is known"}
OLDER = "exports until 2021 wrote the keys of an integration in another order"
INTEGRATION_ORDER_SINCE = 2022


def exported(api: RestApi, export_type: Literal["swagger", "oas30"]) -> dict[str, Any]:
    extensions = frozenset(("apigateway",))
    return export(api, stage=STAGE, region="us-east-1", export_type=export_type, extensions=extensions)


def written_keys(case: Sequence, *, declared: bool = True) -> list[str]:
    """The keys of an element as we export it, for an API that has (at least) those of the case."""
    element, keys, kind = case["element"], case["keys"], case["export"]
    document = exported(api_with(element, keys, declared=declared), kind)
    path = next(iter(document["paths"].values()), {})
    operation = next(iter(path.values()), {})
    integration = operation.get("x-amazon-apigateway-integration", {})
    response = next(iter(operation.get("responses", {}).values()), {})
    integration_response = next(iter(integration.get("responses", {}).values()), {})
    found: dict[str, Any] = {
        "top-level": document,
        "info": document["info"],
        "paths": document["paths"],
        "methods": path,
        "operation": operation,
        "op.responses": operation.get("responses"),
        "response": response,
        "response.headers": response.get("headers"),
        "schemas": document.get("definitions") or document.get("components", {}).get("schemas"),
        "parameters": [f"{each['in']}:{each['name']}" for each in operation.get("parameters", ())],
        "integration": integration,
        "integration.response": integration_response,
        "integration.requestParameters": integration.get("requestParameters"),
        "integration.responseParameters": integration_response.get("responseParameters"),
        "gateway-responses": document.get("x-amazon-apigateway-gateway-responses"),
    }
    return [key for key in found[element] if key in keys]


def obeyed(case: Sequence) -> bool:
    """Whether our order is the seen one; keys that share a bucket of a HashMap may stand either way.

    Parameters may also be those of a method that leaves its path variables undeclared: AWS then appends them.
    """
    keys, found = list(case["keys"]), written_keys(case)
    if case["element"] == "integration":
        keys, found = ([key for key in each if key != "type"] for each in (keys, found))
    if keys == found or (case["element"] == "parameters" and written_keys(case, declared=False) == keys):
        return True
    capacity = len(keys) if case["element"] in ("parameters", "op.responses") else 16
    hashed = [hash_key(case, key) for key in keys], [hash_key(case, key) for key in found]
    in_buckets = all(hash_order(each, capacity) == each for each in hashed)
    return case["element"] not in FULL and in_buckets and sorted(keys) == sorted(found)


def hash_key(case: Sequence, key: str) -> str:
    where, _, name = key.partition(":")
    places = {"query": "querystring", "header": "header", "path": "path"}
    return f"method.request.{places[where]}.{name}" if case["element"] == "parameters" else key


def reason_to_differ(case: Sequence) -> str | None:
    if case["element"] == "integration" and case["year"] < INTEGRATION_ORDER_SINCE:
        return OLDER
    return NO_RULE.get(case["element"])


CASES: list[Sequence] = json.loads(Path(__file__).with_name("export_key_order.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['export']}-{case['element']}-{case['year']}")
def test_keys_stand_in_the_order_that_aws_writes(case: Sequence) -> None:
    if reason_to_differ(case) is None:
        assert obeyed(case), (case["keys"], written_keys(case))
    else:
        assert set(written_keys(case)) == set(case["keys"])


def test_recorded_key_orders(recorded: Callable[[str], list[Sequence]], capsys: pytest.CaptureFixture[str]) -> None:
    """The recordings themselves: what does not follow is listed with its reason, and nothing else may fail."""
    differing: list[str] = []
    unexplained: list[str] = []
    cases = recorded("export-key-order.json")
    for record in cases:
        case = {
            "export": record["export"],
            "element": record["element"],
            "year": int(record["date"][:4]),
            "keys": record["keys_in_order"],
        }
        if not obeyed(case):
            name = f"{case['export']} {case['element']} of {record['source']}"
            reason = reason_to_differ(case)
            (differing if reason else unexplained).append(f"{name}: {reason}")
    with capsys.disabled():
        print(f"\nexport-key-order.json: {len(cases) - len(differing) - len(unexplained)}/{len(cases)} in AWS's order")
        for line in differing:
            print(f"  differs: {line}")
    assert not unexplained
