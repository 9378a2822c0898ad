"""ACM's certificates for a domain: the best one there is, or a new one that DNS has to prove.

In: a domain's name. Out: a `Certificate` of the session's region, issued and good for a while yet; TargetError says why
there is none. Source: ACM API Reference; a REGIONAL domain takes a certificate of its own region alone.
"""

from __future__ import annotations

import datetime
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.aws.session import Session, error_code
from gatewright.errors import TargetError

KEY_TYPES = ["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1"]
MARGIN_DAYS = 14
PENDING = "PENDING_VALIDATION"
VALIDATION_SECONDS = 30 * 60.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """`names` it holds; `expires` and `began` are None until it is issued."""

    arn: str
    names: tuple[str, ...]
    status: str
    expires: datetime.datetime | None = None
    began: datetime.datetime | None = None

    def lasts(self, now: datetime.datetime) -> bool:
        return self.expires is None or self.expires - now > datetime.timedelta(days=MARGIN_DAYS)


def find(session: Session, domain: str) -> Certificate | None:
    """The certificate to use: an issued one (exact before wildcard, the one that lasts longest), else one that waits
    for its validation; None when there is none. TargetError when every fitting one is about to expire."""
    fitting = [certificate for certificate in every(session) if covers(certificate, domain)]
    issued = [certificate for certificate in fitting if certificate.status == "ISSUED"]
    now = datetime.datetime.now(datetime.UTC)
    lasting = [certificate for certificate in issued if certificate.lasts(now)]
    if lasting:
        return max(lasting, key=lambda each: (domain in each.names, each.expires or now, each.began or now, each.arn))
    if issued:
        raise expiring(issued[0], now)
    return next((each for each in fitting if each.status == PENDING and domain in each.names), None)


def given(session: Session, arn: str, domain: str) -> Certificate:
    """The certificate that the settings name. TargetError when it cannot serve the domain."""
    from botocore.exceptions import ClientError

    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "acm":
        raise TargetError(
            f"[tool.gatewright.domain] certificate = {arn!r} is no certificate's ARN", "arn:aws:acm:…:certificate/…"
        )
    if parts[3] != session.target.region:
        raise TargetError(
            f"the certificate {arn} is in {parts[3]}; a regional domain takes one of {session.target.region}",
            f"request or import it in {session.target.region}, or leave the setting out: one is found or requested",
        )
    try:
        certificate = describe(session, arn)
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            raise TargetError(f"there is no certificate {arn}", "take the setting out, or correct it") from error
        raise
    if not covers(certificate, domain):
        raise TargetError(f"the certificate {arn} is for {', '.join(certificate.names)}, not for {domain}", "")
    if certificate.status not in ("ISSUED", PENDING):
        raise TargetError(f"the certificate {arn} is {certificate.status}", "name another, or leave the setting out")
    now = datetime.datetime.now(datetime.UTC)
    if not certificate.lasts(now):
        raise expiring(certificate, now)
    return certificate


def expiring(certificate: Certificate, now: datetime.datetime) -> TargetError:
    assert certificate.expires is not None
    verb = "expired" if certificate.expires <= now else "expires"
    return TargetError(
        f"the certificate {certificate.arn} {verb} on {certificate.expires:%Y-%m-%d}",
        "renew it, or delete it from ACM: then another is requested",
    )


def every(session: Session) -> list[Certificate]:
    """Issued and waiting certificates of the region, with their names."""
    pages = (
        session.client("acm")
        .get_paginator("list_certificates")
        .paginate(CertificateStatuses=["ISSUED", PENDING], Includes={"keyTypes": KEY_TYPES})
    )
    return [describe(session, entry["CertificateArn"]) for page in pages for entry in page["CertificateSummaryList"]]


def describe(session: Session, arn: str) -> Certificate:
    return read(session.client("acm").describe_certificate(CertificateArn=arn)["Certificate"])


def read(detail: Mapping[str, Any]) -> Certificate:
    names = (detail.get("DomainName", ""), *detail.get("SubjectAlternativeNames", ()))
    return Certificate(
        arn=detail["CertificateArn"],
        names=tuple(dict.fromkeys(name.lower() for name in names if name)),
        status=detail["Status"],
        expires=detail.get("NotAfter"),
        began=detail.get("NotBefore"),
    )


def covers(certificate: Certificate, domain: str) -> bool:
    """A wildcard stands for exactly one part of a name."""
    return domain in certificate.names or f"*.{domain.partition('.')[2]}" in certificate.names


def request(session: Session, domain: str) -> Certificate:
    """Ask ACM for a certificate; asking twice within the hour is asking once."""
    token = hashlib.sha256(domain.encode()).hexdigest()[:32]
    reply = session.client("acm").request_certificate(
        DomainName=domain,
        ValidationMethod="DNS",
        IdempotencyToken=token,
        Tags=[{"Key": "gatewright:domain", "Value": domain}],
    )
    return Certificate(reply["CertificateArn"], (domain,), PENDING)


def proof(session: Session, arn: str, *, seconds: float = 60.0) -> dict[str, str] | None:
    """The DNS record that proves the domain: {"Name", "Type", "Value"}. ACM writes it some seconds after a request;
    None when the certificate needs none any more."""
    limit = time.monotonic() + seconds
    while True:
        detail = session.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
        if detail["Status"] != PENDING:
            return None
        for option in detail.get("DomainValidationOptions", ()):
            if "ResourceRecord" in option:
                record: dict[str, str] = option["ResourceRecord"]
                return record
        if time.monotonic() > limit:
            raise TargetError(f"ACM names no DNS record to validate {arn} by", "run the command again in a minute")
        time.sleep(pause(session))


def wait(
    session: Session, arn: str, seen: Callable[[Certificate], None], *, seconds: float = VALIDATION_SECONDS
) -> Certificate:
    """Wait until ACM has issued it; `seen` is called at each look. TargetError when it fails or takes too long."""
    limit = time.monotonic() + seconds
    while True:
        certificate = describe(session, arn)
        seen(certificate)
        if certificate.status == "ISSUED":
            return certificate
        if certificate.status != PENDING:
            raise TargetError(
                f"the certificate {arn} is {certificate.status}",
                "'aws acm describe-certificate' says why; delete it and run the command again",
            )
        if time.monotonic() > limit:
            raise TargetError(
                f"the certificate {arn} was not validated within {seconds / 60:.0f} minutes",
                "is the zone the one that the domain's registrar names? The next run goes on waiting",
            )
        time.sleep(pause(session))


def pause(session: Session) -> float:
    """Seconds between two looks."""
    return 0.1 if session.target.endpoint_url else 5.0
