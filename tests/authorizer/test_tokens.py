"""Which tokens the shipped JWT authorizer takes: signed with real keys, good and forged."""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from authorizer.conftest import ARN, EC_KEY, ISSUER, OTHER_RSA_KEY, RSA_KEY, Authorizer, public

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abc123/TEST/*/*"


def statements(answer: Any) -> Any:
    return answer["policyDocument"]["Statement"]


def refused(authorizer: Authorizer, token: str) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorizer(token)


@pytest.mark.parametrize(("kid", "alg"), [("rsa-1", "RS256"), ("ec-1", "ES256")])
def test_a_good_token_opens_the_stage_and_hands_its_claims_on(authorizer: Authorizer, kid: str, alg: str) -> None:
    token = authorizer.issuer.token(kid=kid, alg=alg, scope="a b", roles=["x", "y"], tenant={"id": 7}, vip=True, n=None)
    answer = authorizer(token)
    assert answer["principalId"] == "ada"
    assert statements(answer) == [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": [STAGE]}]
    context = answer["context"]
    assert (context["scope"], context["roles"], context["tenant"], context["vip"]) == ("a b", "x y", '{"id":7}', True)
    assert all(isinstance(value, (str, int, float, bool)) for value in context.values())


def test_a_request_authorizer_finds_the_token_in_any_case_of_the_header(authorizer: Authorizer) -> None:
    event = {
        "type": "REQUEST",
        "methodArn": ARN,
        "headers": {"authorization": f"bearer {authorizer.issuer.token()}"},
    }
    assert authorizer.modules["handler"].handler(event, None)["principalId"] == "ada"


@pytest.mark.parametrize("text", ["", "Bearer", "Bearer  ", "Basic abc", "Bearer a.b", "Bearer a.b.c", "Bearer \ud800"])
def test_no_token_is_401(authorizer: Authorizer, text: str) -> None:
    event = {"type": "TOKEN", "authorizationToken": text, "methodArn": ARN}
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorizer.modules["handler"].handler(event, None)


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"aud": "https://other.example.com"},
        {"aud": []},
        {"aud": None},
        {"iss": "https://issuer.example.com"},
        {"iss": None},
        {"exp": None},
        {"exp": "soon"},
    ],
    ids=str,
)
def test_wrong_claims_are_401(authorizer: Authorizer, claims: dict[str, Any]) -> None:
    refused(authorizer, authorizer.issuer.token(**claims))


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -31), ("nbf", 600), ("iat", 600)])
def test_a_token_out_of_its_time_is_401(authorizer: Authorizer, claim: str, seconds: int) -> None:
    refused(authorizer, authorizer.issuer.token(**{claim: int(time.time()) + seconds}))


def test_clocks_may_be_apart_by_the_leeway(authorizer: Authorizer) -> None:
    now = int(time.time())
    assert authorizer(authorizer.issuer.token(exp=now - 10, nbf=now + 10, iat=now + 10))["principalId"] == "ada"


def test_one_of_several_audiences_is_enough(authorizer: Authorizer) -> None:
    authorizer.configure(AUDIENCE="one, two")
    assert authorizer(authorizer.issuer.token(aud=["three", "two"]))["principalId"] == "ada"
    refused(authorizer, authorizer.issuer.token(aud=["three"]))


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE"])
def test_an_unsigned_token_is_401(authorizer: Authorizer, alg: str) -> None:
    payload = authorizer.issuer.token().split(".")[1]
    refused(authorizer, f"{encoded({'alg': alg, 'typ': 'JWT', 'kid': 'rsa-1'})}.{payload}.")


def test_hs256_with_the_public_key_as_its_secret_is_401(authorizer: Authorizer) -> None:
    pem = RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for alg in ("HS256", "RS256"):
        head = encoded({"alg": alg, "typ": "JWT", "kid": "rsa-1"})
        signed = f"{head}.{authorizer.issuer.token().split('.')[1]}"
        mac = hmac.new(pem, signed.encode(), hashlib.sha256).digest()
        refused(authorizer, f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}")


def test_a_signature_of_somebody_else_is_401(authorizer: Authorizer) -> None:
    refused(authorizer, authorizer.issuer.token(key=OTHER_RSA_KEY))
    refused(authorizer, authorizer.issuer.token(kid="ec-1", key=ec.generate_private_key(ec.SECP256R1()), alg="ES256"))


def test_a_changed_payload_is_401(authorizer: Authorizer) -> None:
    head, _, signature = authorizer.issuer.token().split(".")
    payload = encoded({"iss": ISSUER, "aud": "https://api.example.com", "sub": "root", "exp": int(time.time()) + 60})
    refused(authorizer, f"{head}.{payload}.{signature}")


def test_the_keys_own_kind_decides_the_algorithm(authorizer: Authorizer) -> None:
    refused(authorizer, authorizer.issuer.token(kid="ec-1", key=RSA_KEY, alg="RS256"))
    refused(authorizer, authorizer.issuer.token(kid="rsa-1", key=EC_KEY, alg="ES256"))
    refused(authorizer, authorizer.issuer.token(alg="RS512"))
    refused(authorizer, authorizer.issuer.token(alg="PS256"))


def test_a_token_that_brings_its_own_key_is_401(authorizer: Authorizer) -> None:
    token = jwt.encode(
        {"iss": ISSUER, "aud": "https://api.example.com", "exp": int(time.time()) + 60},
        OTHER_RSA_KEY,
        algorithm="RS256",
        headers={"jwk": public("x", OTHER_RSA_KEY), "jku": "https://evil.example.com/keys"},
    )
    refused(authorizer, token)
    assert authorizer.issuer.asked == 0


def test_an_oversized_token_is_401_before_anything_is_done_with_it(authorizer: Authorizer) -> None:
    refused(authorizer, authorizer.issuer.token(pad="x" * 9000))
    refused(authorizer, "." * 100_000)
    assert authorizer.issuer.asked == 0


def test_weak_and_foreign_keys_are_not_taken(authorizer: Authorizer) -> None:
    read = authorizer.modules["keys"].read_keys
    weak = public("weak", rsa.generate_private_key(65537, 1024))
    others = [weak, {"kty": "oct", "kid": "s", "k": "c2VjcmV0"}, public("enc", RSA_KEY, use="enc"), {"kid": 3}, None]
    others += [public("p384", ec.generate_private_key(ec.SECP384R1())), {"kty": "RSA", "kid": "broken", "n": "!"}]
    found = read(json.dumps({"keys": [*others, public("good", RSA_KEY)]}).encode())
    assert set(found) == {"good"}
    with pytest.raises(ValueError, match="no RS256 or ES256 key"):
        read(json.dumps({"keys": others}).encode())


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"ISSUER": ""}, "ISSUER"),
        ({"AUDIENCE": " , "}, "AUDIENCE"),
        ({"JWKS_URL": "http://issuer.example.com/keys"}, "https://"),
        ({"JWKS_URL": "file:///etc/passwd"}, "https://"),
        ({"LEEWAY_SECONDS": "-5"}, "LEEWAY_SECONDS"),
        ({"OPERATIONS": "{"}, "OPERATIONS"),
        ({"OPERATIONS": "[]"}, "OPERATIONS"),
    ],
)
def test_wrong_settings_let_nobody_in(authorizer: Authorizer, environment: dict[str, str], says: str) -> None:
    with pytest.raises(Exception, match=says):
        authorizer.configure(**environment)


def test_the_handler_reads_its_environment(authorizer: Authorizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ISSUER", raising=False)
    fresh = importlib.reload(authorizer.modules["handler"])
    with pytest.raises(Exception, match="ISSUER is not set"):
        fresh.handler({"methodArn": ARN}, None)
