"""A custom domain: TEST and PROD called by its name over HTTPS, and everything that stands against one."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import socket
import ssl
import subprocess
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

import boto3
import pytest

from end_to_end.conftest import TOKEN, Repository

NAME = "api.example.com"
SETTINGS = f"""
[tool.gatewright.domain]
name = "{NAME}"
mappings = {{ v1 = "hello:PROD", v2 = "hello:TEST", "greetings/v1" = "hello:PROD" }}
"""


@pytest.fixture
def domain(repository: Repository) -> Repository:
    settings = repository.root / "pyproject.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    return repository


def client(repository: Repository, service: str) -> Any:
    lines = (line.removeprefix("export ").partition("=") for line in repository.gatewright("local", "env").splitlines())
    exports = {name: shlex.split(value)[0] for name, _, value in lines}
    return boto3.client(
        service,
        endpoint_url=exports["AWS_ENDPOINT_URL"],
        region_name=exports["AWS_REGION"],
        aws_access_key_id=exports["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=exports["AWS_SECRET_ACCESS_KEY"],
    )


class Here(HTTPSConnection):
    """HTTPS to this machine, whatever the name: what `curl --resolve` does."""

    def connect(self) -> None:
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.sock = self._context.wrap_socket(raw, server_hostname=self.host)  # type: ignore[attr-defined]


def secure(repository: Repository, path: str, port: int, name: str = NAME) -> tuple[int, Any]:
    context = ssl.create_default_context(cafile=str(repository.root / "build/local/authority.pem"))
    connection = Here(name, port, context=context)
    connection.request("GET", path, headers={**TOKEN, "Host": name})
    reply = connection.getresponse()
    return reply.status, json.loads(reply.read())


def plain(port: int, path: str) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={**TOKEN, "Host": NAME})
    reply = connection.getresponse()
    return reply.status, json.loads(reply.read())


def test_two_stages_answer_by_one_name(domain: Repository) -> None:
    domain.gatewright("deploy")
    planned = domain.gatewright("domain", "plan")
    assert "none: one is requested from ACM" in planned
    assert client(domain, "acm").list_certificates()["CertificateSummaryList"] == []
    domain.edit("lambdas/hello/handler.py", '"en": "Hello"', '"en": "Howdy"')
    domain.gatewright("deploy")

    said = domain.gatewright("domain", "deploy")
    assert re.search(r"AWS::ApiGateway::DomainName .*AWS::", said, re.DOTALL)
    assert "mapping      /greetings/v1 → hello:PROD" in said
    port = int(re.search(rf"https://{NAME}:(\d+)/v1", said)[1])  # type: ignore[index]
    hello = {"message": "Hello, x!", "stage": "PROD", "release": "1"}
    howdy = {"message": "Howdy, x!", "stage": "TEST", "release": "2"}
    assert secure(domain, "/v1/hello?foo=x", port) == (200, hello)
    assert secure(domain, "/v2/hello?foo=x", port) == (200, howdy)
    assert secure(domain, "/greetings/v1/hello?foo=x", port) == (200, hello)
    assert secure(domain, "/v3/hello?foo=x", port) == (403, {"message": "Forbidden"})
    record = json.loads((domain.root / "build/local/cloud.json").read_text(encoding="utf-8"))
    assert plain(record["port"], "/v2/hello?foo=x") == (200, howdy)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        secure(domain, "/v1/hello?foo=x", port, "other.example.com")

    if shutil.which("curl"):
        curl = next(line for line in said.splitlines() if line.startswith("Try it: ")).removeprefix("Try it: ")
        pasted = subprocess.run([*shlex.split(curl), "--silent"], capture_output=True, check=True, cwd=domain.root)
        assert json.loads(pasted.stdout)["message"] == "Hello, world!"

    zone = client(domain, "route53").list_hosted_zones()["HostedZones"][0]
    records = client(domain, "route53").list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    assert {each["Type"] for each in records if each["Name"] == f"{NAME}."} == {"A", "AAAA"}
    assert "unchanged" in domain.gatewright("domain", "deploy")
    assert "unchanged" in domain.gatewright("domain", "plan")
    check_changes(domain, port)


def check_changes(domain: Repository, port: int) -> None:
    """Base paths come and go; what the settings do not say is said by status; at last all goes."""
    domain.edit("pyproject.toml", 'v2 = "hello:TEST"', 'v2 = "hello:PROD", next = "hello:TEST"')
    status = domain.gatewright("domain", "status")
    assert "/v2 → hello:TEST  (the settings lead elsewhere)" in status
    assert "missing      /next" in status
    changes = domain.gatewright("domain", "plan")
    assert len(re.findall(r"^ +[+~±-] ", changes, re.MULTILINE)) == 2
    domain.gatewright("domain", "deploy")
    assert secure(domain, "/v2/hello?foo=x", port)[1]["stage"] == "PROD"
    assert secure(domain, "/next/hello?foo=x", port)[1]["stage"] == "TEST"
    assert len(client(domain, "acm").list_certificates()["CertificateSummaryList"]) == 1
    domain.gatewright("domain", "remove", "--yes")
    assert client(domain, "apigateway").get_domain_names()["items"] == []


def test_trust_is_explained_and_changes_nothing(domain: Repository) -> None:
    said = domain.gatewright("domain", "trust")
    assert "--cacert build/local/authority.pem" in said
    assert f"127.0.0.1 {NAME}" in said
    assert (domain.root / "build/local/authority.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (f'name = "{NAME}"', 'name = "API.example.com"', "cannot be a domain's name"),
        (f'name = "{NAME}"', 'name = "localhost"', "cannot be a domain's name"),
        (f'name = "{NAME}"', 'nome = "x.y"', "no setting 'nome'"),
        ('v1 = "hello:PROD"', 'v1 = "hallo:PROD"', "no API is called 'hallo'"),
        ('v1 = "hello:PROD"', 'v1 = "hello:LIVE"', "stages are TEST, PROD"),
        ('v1 = "hello:PROD"', '"v 1" = "hello:PROD"', "cannot be a base path"),
        ('v1 = "hello:PROD"', '"/v1" = "hello:PROD"', "cannot be a base path"),
        ("[tool.gatewright.domain]", '[tool.gatewright.domain]\nstack = "hello"', "the stack of the API hello"),
    ],
)
def test_settings_that_cannot_be_are_one_message(domain: Repository, old: str, new: str, says: str) -> None:
    domain.edit("pyproject.toml", old, new)
    ran = domain.run("domain", "deploy")
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err


def refused(domain: Repository, *says: str) -> None:
    """One message, and nothing half made: no domain, no stack, no certificate that was not there."""
    before = len(client(domain, "acm").list_certificates()["CertificateSummaryList"])
    ran = domain.run("domain", "deploy")
    assert ran.code == 1, ran.out
    assert "Traceback" not in ran.err
    assert all(words in ran.err for words in says), ran.err
    assert client(domain, "apigateway").get_domain_names()["items"] == []
    assert len(client(domain, "acm").list_certificates()["CertificateSummaryList"]) == before
    stacks = client(domain, "cloudformation").describe_stacks()["Stacks"]
    assert [stack["StackName"] for stack in stacks] == ["hello"]


def set_domain(domain: Repository, line: str) -> None:
    domain.edit("pyproject.toml", "[tool.gatewright.domain]\n", f"[tool.gatewright.domain]\n{line}\n")


def test_what_stands_against_a_domain_is_one_message_each(domain: Repository) -> None:
    assert "hello is not deployed" in domain.run("domain", "deploy").err
    domain.gatewright("deploy")
    settings = (domain.root / "pyproject.toml").read_text(encoding="utf-8")
    arn = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    set_domain(domain, f'certificate = "{arn}"')
    refused(domain, "is in eu-west-1; a regional domain takes one of us-east-1")
    (domain.root / "pyproject.toml").write_text(settings, encoding="utf-8")

    set_domain(domain, 'zone = "Z0NOTHERE"')
    refused(domain, "'Z0NOTHERE' is no public hosted zone of api.example.com", "none")
    (domain.root / "pyproject.toml").write_text(settings, encoding="utf-8")

    route53 = client(domain, "route53")
    zones = [
        route53.create_hosted_zone(Name="example.com", CallerReference=str(number))["HostedZone"]["Id"]
        for number in range(2)
    ]
    refused(domain, "2 public hosted zones are called example.com", zones[0].rpartition("/")[2])
    chosen = zones[0].rpartition("/")[2]
    set_domain(domain, f'zone = "{chosen}"')

    soon = imported(domain, days=6)
    refused(domain, soon, "expires on")
    client(domain, "acm").delete_certificate(CertificateArn=soon)
    lasting, wildcard = imported(domain, days=90), imported(domain, days=300, name="*.example.com")
    assert lasting != wildcard

    record = {"Name": NAME, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "old.example.net"}]}
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zones[0], ChangeBatch=change)
    refused(domain, "has a record CNAME for api.example.com already, to old.example.net")
    change["Changes"][0]["Action"] = "DELETE"
    route53.change_resource_record_sets(HostedZoneId=zones[0], ChangeBatch=change)

    # with all that out of the way: the exact certificate before the wildcard that lasts longer, the zone that is named
    domain.gatewright("domain", "deploy")
    held = client(domain, "apigateway").get_domain_name(domainName=NAME)
    assert held["regionalCertificateArn"] == lasting
    assert held["securityPolicy"] == "TLS_1_2"
    check_another_repository(domain)


def check_another_repository(domain: Repository) -> None:
    """A second repository on the same account: it adds base paths to the domain, but none that is taken."""
    hello = domain.root / "spec/hello"
    shutil.copytree(hello, domain.root / "spec/again")
    domain.edit("spec/again/swagger.yaml", "title: hello", "title: again")
    domain.gatewright("deploy", "again")
    hello.rename(domain.root / "hello-elsewhere")
    domain.edit("pyproject.toml", "[tool.gatewright.apis.hello]", "[tool.gatewright.apis.again]")
    text = (domain.root / "pyproject.toml").read_text(encoding="utf-8")
    (domain.root / "pyproject.toml").write_text(text.replace('"hello:', '"again:'), encoding="utf-8")
    ran = domain.run("domain", "deploy")
    assert ran.code == 1
    assert "leads to hello, which this repository does not have" in ran.err
    set_domain(domain, 'stack = "more-paths"')
    ran = domain.run("domain", "deploy")
    assert ran.code == 1
    assert "leads to hello:PROD already (and 2 more are taken)" in ran.err
    for taken, free in (("v1 =", "w1 ="), ("v2 =", "w2 ="), ('"greetings/v1"', '"again/v1"')):
        domain.edit("pyproject.toml", taken, free)
    said = domain.gatewright("domain", "deploy")
    assert "is there already (domain-api-example-com)" in said
    port = int(re.search(rf"https://{NAME}:(\d+)/w1", said)[1])  # type: ignore[index]
    assert secure(domain, "/w1/hello?foo=x", port)[1]["stage"] == "PROD"
    assert secure(domain, "/again/v1/hello?foo=x", port)[0] == 200
    assert secure(domain, "/v1/hello?foo=x", port)[0] == 200
    domain.gatewright("domain", "remove", "--yes")
    assert secure(domain, "/w1/hello?foo=x", port)[0] == 403
    assert secure(domain, "/v1/hello?foo=x", port)[0] == 200


def imported(domain: Repository, *, days: int, name: str = NAME) -> str:
    """A certificate that ACM holds for so many days more."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    reply = client(domain, "acm").import_certificate(Certificate=certificate.public_bytes(pem), PrivateKey=private)
    arn: str = reply["CertificateArn"]
    return arn


def test_the_https_port_can_be_chosen_and_one_in_use_is_named(domain: Repository, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        domain.edit("pyproject.toml", "local_port = 0", f"local_port = 0\nlocal_https_port = {port}")
        ran = domain.run("deploy")
        assert ran.code == 1
        assert f"port {port}" in ran.err
    domain.gatewright("local", "start")
    assert json.loads((tmp_path / "build/local/cloud.json").read_text(encoding="utf-8"))["https_port"] == port
