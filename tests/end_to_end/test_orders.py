"""orders: bodies and models, DynamoDB without a function, pages, idempotent POSTs, API keys; over HTTP."""

from __future__ import annotations

import json
import re
from typing import Any

from end_to_end.conftest import Repository, call
from end_to_end.several import boto3_session, bring

SETTINGS = """
[tool.gatewright.apis.orders]
smoke = { path = "/orders" }
"""


def test_orders(repository: Repository) -> None:
    bring(repository, "orders", SETTINGS)
    printed = repository.gatewright("deploy", "orders")
    assert "0 errors, 0 warnings" in printed
    assert "warning" not in printed.replace("0 warnings", "")
    stages = dict(re.findall(r"^(\w+)InvokeURL: (\S+)$", printed, re.MULTILINE))
    key = first_key(repository)

    check_keys(stages["Test"], key)
    check_post(stages["Test"], key)
    check_pages(stages["Test"], key)
    check_bad_input(stages["Test"], key)
    # PROD runs the same release with orders of its own.
    assert call(f"{stages['Prod']}/orders", key) == (200, {"orders": []})


def first_key(repository: Repository) -> dict[str, str]:
    keys = boto3_session(repository)("apigateway").get_api_keys(includeValues=True)["items"]
    return {"x-api-key": keys[0]["value"]}


def post(url: str, key: dict[str, str], order_id: str, body: dict[str, Any]) -> tuple[int, Any]:
    headers = {**key, "Idempotency-Key": order_id, "Content-Type": "application/json"}
    return call(f"{url}/orders", headers, "POST", json.dumps(body).encode())


def check_keys(url: str, key: dict[str, str]) -> None:
    assert call(f"{url}/orders") == (403, {"message": "Forbidden"})
    assert call(f"{url}/orders", {"x-api-key": "no-such-key-at-all-000"})[0] == 403
    assert call(f"{url}/orders", key) == (200, {"orders": []})
    assert call(f"{url}/orders", method="OPTIONS")[0] == 200


def check_post(url: str, key: dict[str, str]) -> None:
    wanted = {"article": 'Tom\'s "best" \\ ünï', "quantity": 2}
    status, made = post(url, key, "a-1", wanted)
    assert status == 201
    assert {name: made[name] for name in ("id", "article", "quantity")} == {"id": "a-1", **wanted}
    assert "note" not in made
    # The same again is answered as it was, down to the time; another order under the id is refused.
    assert post(url, key, "a-1", wanted) == (201, made)
    assert post(url, key, "a-1", {**wanted, "quantity": 3}) == (409, {"message": "another order has this id"})
    assert call(f"{url}/orders/a-1", key) == (200, made)
    assert call(f"{url}/orders/a-1", key, "DELETE") == (204, None)
    assert call(f"{url}/orders/a-1", key, "DELETE") == (204, None)
    assert call(f"{url}/orders/a-1", key) == (404, {"message": "you have no order with this id"})


def check_pages(url: str, key: dict[str, str]) -> None:
    for number in range(5):
        assert post(url, key, f"b-{number}", {"article": "pen", "quantity": 1, "note": f"n{number}"})[0] == 201
    found, after, pages = [], "", 0
    while True:
        status, page = call(f"{url}/orders?limit=2{after}", key)
        assert status == 200
        found += [(order["id"], order["note"]) for order in page["orders"]]
        pages += 1
        if "next" not in page:
            break
        after = f"&after={page['next']}"
    assert found == [(f"b-{number}", f"n{number}") for number in range(5)]
    assert pages == 3
    assert len(call(f"{url}/orders", key)[1]["orders"]) == 5


def check_bad_input(url: str, key: dict[str, str]) -> None:
    for limit in ("0", "101", "-1", "many", '1,"Limit":9'.replace('"', "%22")):
        assert call(f"{url}/orders?limit={limit}", key) == (400, {"message": "limit is a number from 1 to 100"})
    for wrong in ({"quantity": 0}, {"colour": "red"}, {"article": ""}, {"quantity": "2"}):
        refused = post(url, key, "c-1", {"article": "pen", "quantity": 1, **wrong})
        assert refused == (400, {"message": "Invalid request body"})
    without_id = call(
        f"{url}/orders", {**key, "Content-Type": "application/json"}, "POST", b'{"article":"a","quantity":1}'
    )
    assert without_id == (400, {"message": "Missing required request parameters: [Idempotency-Key]"})
