"""Custom domains: mappings of both services on one state, and which API a host and path are for."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .conftest import Desk, refusal

CERTIFICATE = "arn:aws:acm:us-east-1:111111111111:certificate/1"


def domain(desk: Desk, name: str = "api.example.com") -> str:
    made = desk.api.create_domain_name(
        domainName=name, regionalCertificateArn=CERTIFICATE, endpointConfiguration={"types": ["REGIONAL"]}
    )
    assert made["domainNameStatus"] == "AVAILABLE"
    return str(made["regionalDomainName"])


def test_both_services_map_the_same_domain(desk: Desk) -> None:
    domain(desk)
    api = desk.staged()
    desk.api.create_base_path_mapping(domainName="api.example.com", basePath="v1", restApiId=api, stage="dev")
    made = desk.v2.create_api_mapping(DomainName="api.example.com", ApiId=api, Stage="dev", ApiMappingKey="v1/deep")
    keys = [each["ApiMappingKey"] for each in desk.v2.get_api_mappings(DomainName="api.example.com")["Items"]]
    assert keys == ["v1", "v1/deep"]
    paths = [each["basePath"] for each in desk.api.get_base_path_mappings(domainName="api.example.com")["items"]]
    assert paths == ["v1"]
    desk.v2.delete_api_mapping(DomainName="api.example.com", ApiMappingId=made["ApiMappingId"])
    assert len(desk.v2.get_api_mappings(DomainName="api.example.com")["Items"]) == 1


def test_the_deepest_mapping_takes_a_path(desk: Desk) -> None:
    target_name = domain(desk)
    root, one, two = desk.staged(), desk.staged(), desk.staged()
    desk.api.create_base_path_mapping(domainName="api.example.com", restApiId=root)
    desk.api.create_base_path_mapping(domainName="api.example.com", basePath="v1", restApiId=one, stage="dev")
    desk.v2.create_api_mapping(DomainName="api.example.com", ApiId=two, Stage="dev", ApiMappingKey="v1/users")
    found = desk.gateway.target("API.example.com:4566", "/v1/users/7//x")
    assert found is not None
    assert (found.api_id, found.stage, found.base_path, found.path) == (two, "dev", "v1/users", "/7//x")
    found = desk.gateway.target(target_name, "/v1/usersX")
    assert found is not None
    assert (found.api_id, found.path) == (one, "/usersX")
    found = desk.gateway.target("api.example.com", "/dev/pets")
    assert found is not None
    assert (found.api_id, found.stage, found.base_path, found.path) == (root, "dev", "dev", "/pets")
    assert desk.gateway.target("other.example.com", "/v1") is None
    assert desk.gateway.target("api.example.com", "/") is None


def test_what_a_domain_needs_stays(desk: Desk) -> None:
    domain(desk)
    api = desk.staged()
    desk.api.create_base_path_mapping(domainName="api.example.com", basePath="v1", restApiId=api, stage="dev")
    with pytest.raises(ClientError, match="Please remove all base path mappings related to the API"):
        desk.api.delete_rest_api(restApiId=api)
    with pytest.raises(ClientError, match="Please remove all base path mappings related to the stage"):
        desk.api.delete_stage(restApiId=api, stageName="dev")
    desk.api.delete_base_path_mapping(domainName="api.example.com", basePath="v1")
    desk.api.delete_rest_api(restApiId=api)


def test_mappings_that_lead_nowhere_or_clash(desk: Desk) -> None:
    domain(desk)
    api = desk.staged()
    where = {"domainName": "api.example.com", "basePath": "v1"}
    for params, says in (
        ({"restApiId": "nothing"}, "Invalid REST API identifier specified"),
        ({"restApiId": api, "stage": "nothing"}, "Invalid stage identifier specified"),
        ({"restApiId": api, "basePath": "a/b"}, "API Gateway V1 doesn't support the slash character"),
    ):
        with pytest.raises(ClientError, match=says):
            desk.api.create_base_path_mapping(**{**where, **params})
    desk.api.create_base_path_mapping(**where, restApiId=api, stage="dev")
    with pytest.raises(ClientError) as caught:
        desk.api.create_base_path_mapping(**where, restApiId=api, stage="dev")
    assert refusal(caught.value) == ("ConflictException", 409, "Base path already exists for this domain name")


def test_what_is_not_emulated_says_so(desk: Desk) -> None:
    with pytest.raises(ClientError) as caught:
        desk.api.create_domain_name(domainName="x.example.com", mutualTlsAuthentication={"truststoreUri": "s3://b/k"})
    code, status, message = refusal(caught.value)
    assert (code, status) == ("NotImplemented", 501)
    assert "mutualTlsAuthentication" in message
