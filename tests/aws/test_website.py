"""A site in a bucket: what goes up, in which order, with which headers, and what stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from gatewright.aws import website
from gatewright.aws.session import Session, Target
from gatewright.errors import TargetError

FILES = {
    "index.html": b"index",
    "TEST/index.html": b"page",
    "TEST/parts/0.js": b"part",
    "site.assets/docs.css": b"style",
    "TEST/published/openapi.yaml": b"openapi: 3.0.1",
}


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        boto3.client("s3", "us-east-1").create_bucket(Bucket="docs")
        yield Session(lambda: Target("aws", "us-east-1"))


def put_order(session: Session) -> list[str]:
    """Every key that is put from now on, in order."""
    keys: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        keys.append(params["Key"])

    session.client("s3").meta.events.register("provide-client-params.s3.PutObject", note)
    return keys


def test_the_index_goes_last_after_the_pages_and_their_parts(session: Session) -> None:
    keys = put_order(session)
    sent = website.publish(session, website.parse("s3://docs/api/"), FILES)
    assert (sent.uploaded, sent.removed) == (2 * len(FILES), 0)
    assert keys[-2:] == ["api/TEST/index.html", "api/index.html"]
    assert all(key.startswith(f"api/versions/{sent.version}/") for key in keys[: len(FILES)])


def test_headers_say_what_it_is_and_how_long_it_holds(session: Session) -> None:
    sent = website.publish(session, website.parse("s3://docs"), FILES)
    head = session.client("s3").head_object(Bucket="docs", Key="TEST/parts/0.js")
    assert (head["ContentType"], head["CacheControl"]) == ("text/javascript; charset=utf-8", website.ASK_FIRST)
    old = session.client("s3").head_object(Bucket="docs", Key=f"versions/{sent.version}/index.html")
    assert (old["ContentType"], old["CacheControl"]) == ("text/html; charset=utf-8", website.FOR_EVER)


def test_what_is_there_stays_and_what_is_gone_goes(session: Session) -> None:
    place = website.parse("s3://docs/api")
    first = website.publish(session, place, FILES)
    assert website.publish(session, place, FILES) == website.Sent(first.version, 0, 0)
    fewer = {**FILES, "index.html": b"other"}
    del fewer["TEST/parts/0.js"]
    keys = put_order(session)
    second = website.publish(session, place, fewer)
    assert second.version != first.version
    assert second.removed == 1
    assert [key for key in keys if "/versions/" not in key] == ["api/index.html"]
    listed = website.listed(session, place)
    assert f"versions/{first.version}/TEST/parts/0.js" in listed
    assert "TEST/parts/0.js" not in listed


def test_other_sites_in_the_bucket_are_left_alone(session: Session) -> None:
    session.client("s3").put_object(Bucket="docs", Key="api-two/index.html", Body=b"other")
    website.publish(session, website.parse("s3://docs/api"), FILES)
    assert session.client("s3").head_object(Bucket="docs", Key="api-two/index.html")


def test_a_bucket_that_is_not_there_is_said(session: Session) -> None:
    with pytest.raises(TargetError, match="no bucket nowhere"):
        website.publish(session, website.parse("s3://nowhere"), FILES)


@pytest.mark.parametrize("address", ["docs", "https://docs", "s3://", ""])
def test_an_address_that_is_no_bucket_is_refused(address: str) -> None:
    with pytest.raises(TargetError, match="is no bucket"):
        website.parse(address)
