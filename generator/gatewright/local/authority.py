"""The local certificate authority: who vouches for custom domains while they are served on this machine.

In: build/local/. Out: an authority of this repository alone (its key readable by its owner alone), and for a domain's
name a TLS context with a certificate that it signed. Nothing trusts it unless somebody says so.
"""

from __future__ import annotations

import datetime
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gatewright.errors import TargetError
from gatewright.local.keys import write_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, CertificateBuilder, KeyUsage, Name

CERTIFICATE, KEY = "authority.pem", "authority.key"
AUTHORITY_DAYS = 365
DOMAIN_DAYS = 30
RENEW_DAYS = 7
NAME = "Gatewright local authority"


def certificate_path(folder: Path) -> Path:
    """Where the authority's certificate stands, for `--cacert` and for trust stores."""
    return folder / CERTIFICATE


def authority(folder: Path) -> tuple[Certificate, EllipticCurvePrivateKey]:
    """The authority, made when there is none, or when it is about to expire or its key was readable by others.
    TargetError when the folder cannot be written."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = folder / KEY
    try:
        if path.is_file() and not path.stat().st_mode & 0o077:
            certificate = x509.load_pem_x509_certificate(certificate_path(folder).read_bytes())
            key = load_pem_private_key(path.read_bytes(), None)
            fits = isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key()
            if fits and certificate.not_valid_after_utc - now() > datetime.timedelta(days=DOMAIN_DAYS):
                assert isinstance(key, ec.EllipticCurvePrivateKey)
                return certificate, key
    except (OSError, ValueError):
        pass
    try:
        return make_authority(folder)
    except OSError as error:
        raise TargetError(
            f"{error.filename or folder}: {error.strerror}", "make build/ writable for you, or remove it"
        ) from error


def make_authority(folder: Path) -> tuple[Certificate, EllipticCurvePrivateKey]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = named(f"{NAME} of {folder.parent.parent.name}"[:64])
    certificate = (
        builder(key, AUTHORITY_DAYS)
        .subject_name(name)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_private(folder / KEY, private_text(key))
    draft = folder / f"{CERTIFICATE}.{os.getpid()}"
    draft.write_text(public_text(certificate), encoding="ascii")
    draft.replace(certificate_path(folder))
    return certificate, key


def domain_context(folder: Path, domain: str) -> ssl.SSLContext:
    """A server's TLS context for one name: TLS 1.2 or newer, as a domain with the policy TLS_1_2 has it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    issuer, issuer_key = authority(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        builder(key, DOMAIN_DAYS)
        .subject_name(x509.Name([]))
        .issuer_name(issuer.subject)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(domain)]), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    context = server_context()
    # ssl reads a certificate from a file alone: it stands there, for its owner, only as long as it is read.
    draft = folder / f"domain.{os.getpid()}.pem"
    write_private(draft, private_text(key) + public_text(certificate))
    try:
        context.load_cert_chain(draft)
    finally:
        draft.unlink(missing_ok=True)
    return context


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def listening_context(folder: Path, is_domain: Callable[[str], bool]) -> ssl.SSLContext:
    """The context of the HTTPS port: each client is shown the certificate of the custom domain that it asks for, made
    when it first does. A name that is nobody's is refused in the handshake."""
    made: dict[str, tuple[ssl.SSLContext, datetime.datetime]] = {}

    def choose(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> int | None:
        domain = (name or "").lower().rstrip(".")
        if not domain or not is_domain(domain):
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        known = made.get(domain)
        if known is None or known[1] < now():
            until = now() + datetime.timedelta(days=DOMAIN_DAYS - RENEW_DAYS)
            known = made[domain] = (domain_context(folder, domain), until)
        connection.context = known[0]
        return None

    context = server_context()
    context.sni_callback = choose
    return context


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def named(common_name: str) -> Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, common_name)])


def builder(key: EllipticCurvePrivateKey, days: int) -> CertificateBuilder:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - datetime.timedelta(hours=1))
        .not_valid_after(now() + datetime.timedelta(days=days))
    )


def usage(*, signs_certificates: bool) -> KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def private_text(key: EllipticCurvePrivateKey) -> str:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_text(certificate: Certificate) -> str:
    from cryptography.hazmat.primitives import serialization

    return certificate.public_bytes(serialization.Encoding.PEM).decode()
