"""Client certificates: a key pair that is made here, whose certificate a backend would check a call by.

The certificate is a real one, signed by its own key. The key stays nowhere: no integration here presents it yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from gatewright.local.apigateway.paging import page
from gatewright.local.apigateway.patch import PLAIN, Rule, apply, assign, read
from gatewright.local.apigateway.records import ClientCertificate
from gatewright.local.apigateway.scope import Handler, Params, Result, Scope, bad_request, not_found, when
from gatewright.local.apigateway.wire import present

LIFE = timedelta(days=365)


def generate_certificate(scope: Scope, params: Params) -> Result:
    now = scope.time()
    certificate = ClientCertificate(
        id=scope.fresh_id(scope.region.certificates),
        pem=self_signed(now),
        created=now,
        expires=now + int(LIFE.total_seconds()),
        description=params.get("description") or None,
        tags=dict(params.get("tags") or {}),
    )
    scope.region.certificates[certificate.id] = certificate
    return shown(certificate)


def self_signed(now: int) -> str:
    """PEM of a certificate for CN=ApiGateway that is valid for a year from `now`."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ApiGateway")])
    start = when(now)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + LIFE)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def shown(certificate: ClientCertificate) -> Result:
    return present(
        clientCertificateId=certificate.id,
        description=certificate.description,
        pemEncodedCertificate=certificate.pem,
        createdDate=when(certificate.created),
        expirationDate=when(certificate.expires),
        tags=dict(certificate.tags),
    )


def certificate_of(scope: Scope, params: Params) -> ClientCertificate:
    found = scope.region.certificates.get(params["clientCertificateId"])
    if found is None:
        raise not_found("Invalid Client Certificate identifier specified")
    return found


def get_certificate(scope: Scope, params: Params) -> Result:
    return shown(certificate_of(scope, params))


def get_certificates(scope: Scope, params: Params) -> Result:
    return page(params, scope.region.certificates.values(), lambda each: each.id, shown)


def update_certificate(scope: Scope, params: Params) -> Result:
    certificate = apply(certificate_of(scope, params), read(params, "UpdateClientCertificate"), RULES, PLAIN)
    scope.region.certificates[certificate.id] = certificate
    return shown(certificate)


def delete_certificate(scope: Scope, params: Params) -> Result:
    certificate = certificate_of(scope, params)
    for hosted in scope.region.apis.values():
        if any(stage.client_certificate_id == certificate.id for stage in hosted.stages.values()):
            raise bad_request("Client certificate is used by a stage")
    del scope.region.certificates[certificate.id]
    return {}


RULES: tuple[Rule[ClientCertificate], ...] = (Rule("/description", ("replace",), assign("description")),)

OPERATIONS: Mapping[str, Handler] = {
    "GenerateClientCertificate": generate_certificate,
    "GetClientCertificate": get_certificate,
    "GetClientCertificates": get_certificates,
    "UpdateClientCertificate": update_certificate,
    "DeleteClientCertificate": delete_certificate,
}
