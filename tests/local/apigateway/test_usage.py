"""API keys on stages: who may use one, how fast, how often; what GetUsage tells of it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Desk, refusal

DAY = 86_400
KEY = "k" * 20


def plan(desk: Desk, api: str, **limits: Any) -> tuple[str, str]:
    """A plan on the API's stage "dev" with one enabled key; gives the ids of both."""
    made = desk.api.create_usage_plan(name="plan", apiStages=[{"apiId": api, "stage": "dev"}], **limits)["id"]
    key = desk.api.create_api_key(name="key", value=KEY, enabled=True)["id"]
    desk.api.create_usage_plan_key(usagePlanId=made, keyId=key, keyType="API_KEY")
    return made, key


def use(desk: Desk, api: str, value: str = KEY, stage: str = "dev", method: str = "//GET") -> str:
    return desk.gateway.api_key(api, stage, value, method).verdict


def test_a_key_opens_only_the_stages_of_its_plans(desk: Desk) -> None:
    api, other = desk.staged(), desk.staged()
    _, key = plan(desk, api)
    assert use(desk, api) == "ok"
    assert desk.gateway.api_key(api, "dev", KEY, "//GET").key_id == key
    assert use(desk, other) == "invalid"
    assert use(desk, api, stage="prod") == "invalid"
    assert use(desk, api, value="x" * 20) == "invalid"
    assert use(desk, "nowhere") == "invalid"


def test_a_disabled_or_deleted_key_opens_nothing(desk: Desk) -> None:
    api = desk.staged()
    _, key = plan(desk, api)
    desk.api.update_api_key(apiKey=key, patchOperations=[{"op": "replace", "path": "/enabled", "value": "false"}])
    assert use(desk, api) == "invalid"
    desk.api.update_api_key(apiKey=key, patchOperations=[{"op": "replace", "path": "/enabled", "value": "true"}])
    assert use(desk, api) == "ok"
    desk.api.delete_api_key(apiKey=key)
    assert use(desk, api) == "invalid"


def test_rate_and_burst_are_a_bucket_that_fills(desk: Desk) -> None:
    api = desk.staged()
    plan(desk, api, throttle={"rateLimit": 2, "burstLimit": 3})
    assert [use(desk, api) for _ in range(5)] == ["ok"] * 3 + ["throttled"] * 2
    desk.clock.now += 1
    assert [use(desk, api) for _ in range(3)] == ["ok", "ok", "throttled"]
    desk.clock.now += 3600
    assert [use(desk, api) for _ in range(4)] == ["ok"] * 3 + ["throttled"]


def test_a_method_has_a_bucket_of_its_own_beside_the_plans(desk: Desk) -> None:
    api = desk.staged()
    made, _ = plan(desk, api, throttle={"rateLimit": 100, "burstLimit": 100})
    path = f"/apiStages/{api}:dev/throttle/~1pets/GET"
    limits = [("rateLimit", "1"), ("burstLimit", "1")]
    changes = [{"op": "add", "path": f"{path}/{name}", "value": value} for name, value in limits]
    shown = desk.api.update_usage_plan(usagePlanId=made, patchOperations=changes)
    assert shown["apiStages"][0]["throttle"] == {"/pets/GET": {"burstLimit": 1, "rateLimit": 1.0}}
    assert [use(desk, api, method="/pets/GET") for _ in range(2)] == ["ok", "throttled"]
    assert use(desk, api) == "ok"


def test_a_quota_ends_with_its_period(desk: Desk) -> None:
    api = desk.staged()
    plan(desk, api, quota={"limit": 2, "period": "DAY"})
    assert [use(desk, api) for _ in range(3)] == ["ok", "ok", "quota"]
    desk.clock.now += DAY
    assert [use(desk, api) for _ in range(3)] == ["ok", "ok", "quota"]


def test_an_offset_shortens_the_first_period_alone(desk: Desk) -> None:
    api = desk.staged()
    plan(desk, api, quota={"limit": 3, "period": "MONTH", "offset": 2})
    assert [use(desk, api) for _ in range(2)] == ["ok", "quota"]
    desk.clock.now += 31 * DAY
    assert [use(desk, api) for _ in range(4)] == ["ok"] * 3 + ["quota"]


def test_refused_requests_are_not_counted(desk: Desk) -> None:
    api = desk.staged()
    made, key = plan(desk, api, throttle={"rateLimit": 1, "burstLimit": 1}, quota={"limit": 10, "period": "DAY"})
    verdicts = [use(desk, api) for _ in range(4)]
    assert verdicts.count("throttled") == 3
    told = desk.api.get_usage(usagePlanId=made, startDate="2023-11-14", endDate="2023-11-15")
    assert told["items"] == {key: [[1, 9], [0, 10]]}


def test_what_is_left_can_be_given(desk: Desk) -> None:
    api = desk.staged()
    made, key = plan(desk, api, quota={"limit": 1, "period": "WEEK"})
    assert [use(desk, api) for _ in range(2)] == ["ok", "quota"]
    change = [{"op": "replace", "path": "/remaining", "value": "2"}]
    told = desk.api.update_usage(usagePlanId=made, keyId=key, patchOperations=change)
    assert told["items"] == {key: [[1, 2]]}
    assert [use(desk, api) for _ in range(3)] == ["ok", "ok", "quota"]


def test_a_key_is_in_one_plan_a_stage(desk: Desk) -> None:
    api = desk.staged()
    _, key = plan(desk, api)
    other = desk.api.create_usage_plan(name="other", apiStages=[{"apiId": api, "stage": "dev"}])["id"]
    with pytest.raises(ClientError) as caught:
        desk.api.create_usage_plan_key(usagePlanId=other, keyId=key, keyType="API_KEY")
    assert refusal(caught.value)[2].endswith(f"multiple Usage Plans with the same API stage: {api}:dev")


def test_a_plan_with_stages_stays(desk: Desk) -> None:
    api = desk.staged()
    made, _ = plan(desk, api)
    with pytest.raises(ClientError, match="because API Stages are associated with it"):
        desk.api.delete_usage_plan(usagePlanId=made)
    desk.api.delete_rest_api(restApiId=api)
    desk.api.delete_usage_plan(usagePlanId=made)


@pytest.mark.parametrize(
    ("quota", "says"),
    [
        ({"limit": 1, "period": "DAY", "offset": 1}, "must be zero in the DAY period"),
        ({"limit": 1, "period": "WEEK", "offset": 7}, "between zero and 6"),
        ({"limit": -1, "period": "DAY"}, "should not be negative"),
        ({"limit": 1, "period": "YEAR"}, "enum value set: [DAY, WEEK, MONTH]"),
    ],
)
def test_quotas_that_cannot_be(desk: Desk, quota: dict[str, Any], says: str) -> None:
    with pytest.raises(ClientError) as caught:
        desk.api.create_usage_plan(name="plan", quota=quota)
    assert says in refusal(caught.value)[2]


def test_keys_come_out_of_a_file_all_or_none(desk: Desk) -> None:
    made = desk.api.create_usage_plan(name="plan")["id"]
    body = f"Name,Key,Description,Enabled,usagePlanIds\none,{KEY},d,TRUE,{made}\n"
    ids = desk.api.import_api_keys(body=body.encode(), format="csv")["ids"]
    assert desk.api.get_api_key(apiKey=ids[0], includeValue=True)["value"] == KEY
    assert [each["id"] for each in desk.api.get_usage_plan_keys(usagePlanId=made)["items"]] == ids
    again = f"name,key\ntwo,{'z' * 20}\nthree,short\n"
    with pytest.raises(ClientError, match="at least 20 characters"):
        desk.api.import_api_keys(body=again.encode(), format="csv")
    assert len(desk.api.get_api_keys()["items"]) == 1
