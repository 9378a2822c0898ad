"""Which certificate and which zone a domain gets, and what is said when there is none, by answers as AWS gives them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from gatewright.aws import certificates, zones
from gatewright.aws.certificates import Certificate
from gatewright.aws.session import Session, Target
from gatewright.errors import TargetError

NOW = datetime.datetime.now(datetime.UTC)
ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/"
PROOF = {"Name": "_1.api.example.com.", "Type": "CNAME", "Value": "_2.acm-validations.aws."}


@dataclass
class Pages:
    """A client that answers from what the test put into it, page by page, and notes what it was told."""

    account: Account

    def get_paginator(self, operation: str) -> Pages:
        self.operation = operation
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        if self.operation == "list_hosted_zones":
            return [{"HostedZones": [zone]} for zone in self.account.zones]
        return [{"CertificateSummaryList": [{"CertificateArn": each["CertificateArn"]}]} for each in self.account.held]

    def describe_certificate(self, CertificateArn: str) -> dict[str, Any]:
        for each in self.account.held:
            if each["CertificateArn"] == CertificateArn:
                states = each["States"]
                return {"Certificate": {**each, **(states.pop(0) if len(states) > 1 else states[0])}}
        raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "DescribeCertificate")

    def request_certificate(self, **arguments: Any) -> dict[str, str]:
        self.account.requested.append(arguments)
        return {"CertificateArn": ARN + "new"}


@dataclass
class Account:
    held: list[dict[str, Any]] = field(default_factory=list)
    zones: list[dict[str, Any]] = field(default_factory=list)
    requested: list[dict[str, Any]] = field(default_factory=list)
    target: Target = field(default_factory=lambda: Target("aws", "eu-west-1", endpoint_url="http://127.0.0.1:1"))

    def client(self, _service: str) -> Pages:
        return Pages(self)

    def certificate(self, name: str, *names: str, days: int = 200, states: tuple[Any, ...] = ("ISSUED",)) -> str:
        arn = f"{ARN}{len(self.held)}"
        shown = [state if isinstance(state, dict) else {"Status": state} for state in states]
        detail = {"CertificateArn": arn, "DomainName": name, "SubjectAlternativeNames": [name, *names]}
        expires = {"NotAfter": NOW + datetime.timedelta(days=days), "NotBefore": NOW}
        self.held.append({**detail, **expires, "States": shown})
        return arn

    def zone(self, name: str, *, private: bool = False) -> str:
        number = f"Z{len(self.zones)}"
        self.zones.append({"Id": f"/hostedzone/{number}", "Name": f"{name}.", "Config": {"PrivateZone": private}})
        return number

    @property
    def session(self) -> Session:
        return cast(Session, self)


@pytest.fixture
def account() -> Account:
    return Account()


def found(account: Account, name: str = "api.example.com") -> str | None:
    certificate = certificates.find(account.session, name)
    return certificate.arn if certificate else None


def test_an_exact_certificate_goes_before_a_wildcard_and_a_longer_one_before_a_shorter(account: Account) -> None:
    assert found(account) is None
    wildcard = account.certificate("*.example.com", days=390)
    assert found(account) == wildcard
    account.certificate("api.example.com", days=100)
    longer = account.certificate("example.com", "API.example.com", days=300)
    account.certificate("api.example.org", days=390)
    assert found(account) == longer


def test_a_wildcard_stands_for_one_part(account: Account) -> None:
    account.certificate("*.example.com")
    assert found(account, "v1.api.example.com") is None
    assert found(account, "example.com") is None


def test_one_that_is_about_to_expire_is_passed_over_and_said_if_it_is_the_only_one(account: Account) -> None:
    soon = account.certificate("api.example.com", days=7)
    with pytest.raises(TargetError, match=rf"{soon} expires on {NOW + datetime.timedelta(days=7):%Y-%m-%d}"):
        found(account)
    wildcard = account.certificate("*.example.com")
    assert found(account) == wildcard


def test_one_that_waits_for_its_validation_is_waited_for_again(account: Account) -> None:
    waiting = account.certificate("api.example.com", states=("PENDING_VALIDATION",))
    assert found(account) == waiting
    issued = account.certificate("*.example.com")
    assert found(account) == issued


@pytest.mark.parametrize(
    ("arn", "says"),
    [
        ("nonsense", "is no certificate's ARN"),
        (
            "arn:aws:acm:us-east-1:123456789012:certificate/0",
            "is in us-east-1; .* takes one of eu-west-1",
        ),
        (ARN + "0", "is for www.example.com, not for api.example.com"),
        (ARN + "1", "is REVOKED"),
        (ARN + "2", "expired on"),
        (ARN + "9", "there is no certificate"),
    ],
)
def test_a_named_certificate_that_cannot_serve_is_one_message(account: Account, arn: str, says: str) -> None:
    account.certificate("www.example.com")
    account.certificate("api.example.com", states=("REVOKED",))
    account.certificate("api.example.com", days=-3)
    with pytest.raises(TargetError, match=says):
        certificates.given(account.session, arn, "api.example.com")


def test_a_request_is_one_request_however_often_it_is_made(account: Account) -> None:
    certificates.request(account.session, "api.example.com")
    certificates.request(account.session, "api.example.com")
    first, second = account.requested
    assert first == second
    assert (first["ValidationMethod"], len(first["IdempotencyToken"])) == ("DNS", 32)


def test_the_proof_is_waited_for(account: Account) -> None:
    pending = {"Status": "PENDING_VALIDATION"}
    arn = account.certificate(
        "api.example.com", states=(pending, {**pending, "DomainValidationOptions": [{"ResourceRecord": PROOF}]})
    )
    assert certificates.proof(account.session, arn) == PROOF
    assert certificates.proof(account.session, account.certificate("b.example.com")) is None
    never = account.certificate("c.example.com", states=(pending,))
    with pytest.raises(TargetError, match="names no DNS record"):
        certificates.proof(account.session, never, seconds=0)


def test_waiting_ends_with_the_certificate_its_failure_or_its_time(account: Account) -> None:
    seen: list[Certificate] = []
    arn = account.certificate("a.example.com", states=("PENDING_VALIDATION", "PENDING_VALIDATION", "ISSUED"))
    assert certificates.wait(account.session, arn, seen.append).status == "ISSUED"
    assert [each.status for each in seen] == ["PENDING_VALIDATION", "PENDING_VALIDATION", "ISSUED"]
    failed = account.certificate("b.example.com", states=("PENDING_VALIDATION", "FAILED"))
    with pytest.raises(TargetError, match="is FAILED"):
        certificates.wait(account.session, failed, seen.append)
    slow = account.certificate("c.example.com", states=("PENDING_VALIDATION",))
    with pytest.raises(TargetError, match="was not validated within"):
        certificates.wait(account.session, slow, seen.append, seconds=0)


def test_the_longest_public_zone_holds_the_domain(account: Account) -> None:
    with pytest.raises(TargetError, match=r"no public hosted zone of this account holds api.eu.example.com"):
        zones.find(account.session, "api.eu.example.com")
    short = account.zone("example.com")
    account.zone("eu.example.com", private=True)
    account.zone("u.example.com")
    assert zones.find(account.session, "api.eu.example.com").id == short
    long = account.zone("eu.example.com")
    assert zones.find(account.session, "api.eu.example.com").id == long
    assert zones.find(account.session, "eu.example.com").id == long
    other = account.zone("eu.example.com")
    with pytest.raises(TargetError, match=f"2 public hosted zones are called eu.example.com: {long} and {other}"):
        zones.find(account.session, "api.eu.example.com")
    assert zones.find(account.session, "api.eu.example.com", other).id == other
    with pytest.raises(TargetError, match="'Z9' is no public hosted zone"):
        zones.find(account.session, "api.eu.example.com", "Z9")
