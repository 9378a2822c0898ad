"""One way to AWS for both targets: the same boto3 clients, and for the local target another endpoint.

In: a `Target`. Out: a `Session` that makes each client once, counts its calls, and turns what botocore raises when it
cannot even ask (no credentials, no region, no connection) into one clear message.
"""

from __future__ import annotations

import functools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gatewright.errors import TargetError, UsageError


@dataclass(frozen=True, slots=True)
class Target:
    """Where AWS is. `endpoint_url` and keys are the local cloud's; on AWS they come from the user's own profile."""

    name: str
    region: str
    profile: str | None = None
    endpoint_url: str | None = None
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)

    @property
    def invoke_url(self) -> str:
        """How a stage's base URL is written on this target, with {api} and {stage} in it."""
        if self.endpoint_url:
            return f"{self.endpoint_url}/restapis/{{api}}/{{stage}}/_user_request_"
        domain = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        return f"https://{{api}}.execute-api.{self.region}.{domain}/{{stage}}"


class Session:
    """Clients by service name. `calls` counts every API call by service and operation. `find` is asked for the target
    when it is first needed, once for all threads: until then nothing is started for it. `turn` is held for what two
    APIs must not do at once."""

    def __init__(self, find: Callable[[], Target]) -> None:
        self._find = find
        self.turn = threading.Lock()
        self.calls: Counter[str] = Counter()
        self._clients: dict[str, Any] = {}
        self._lock = threading.RLock()
        self._target: Target | None = None

    @property
    def target(self) -> Target:
        with self._lock:
            if self._target is None:
                self._target = self._find()
            return self._target

    @functools.cached_property
    def _boto(self) -> Any:
        import boto3
        from botocore.exceptions import ProfileNotFound

        try:
            return boto3.session.Session(
                aws_access_key_id=self.target.access_key,
                aws_secret_access_key=self.target.secret_key,
                region_name=self.target.region,
                profile_name=self.target.profile,
            )
        except ProfileNotFound as error:
            raise UsageError(str(error), "name a profile of ~/.aws/config with --profile") from error

    def client(self, service: str) -> Any:
        """The client of a service; made once, safe to use from several threads."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def _make(self, service: str) -> Any:
        from botocore.config import Config

        config = Config(
            retries={"mode": "standard", "total_max_attempts": 8},
            connect_timeout=10,
            read_timeout=60,
            user_agent_extra="gatewright",
            s3={"addressing_style": "path"} if self.target.endpoint_url else None,
        )
        client = self._boto.client(service, endpoint_url=self.target.endpoint_url, config=config)
        client.meta.events.register("before-call", self._count)
        return client

    def _count(self, model: Any, **_: Any) -> None:
        self.calls[f"{model.service_model.service_name}:{model.name}"] += 1

    @functools.cached_property
    def account(self) -> str:
        return str(self.client("sts").get_caller_identity()["Account"])

    @property
    def bucket(self) -> str:
        """The artifact bucket's name: one for an account and region."""
        return f"gatewright-{self.account}-{self.target.region}"


@contextmanager
def explained(session: Session) -> Iterator[None]:
    """Turn botocore's own failures into a message for the person at the terminal; service errors pass through."""
    from botocore import exceptions

    try:
        yield
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as error:
        raise TargetError(
            "no AWS credentials", "run 'aws configure' or 'aws sso login', or name a profile with --profile"
        ) from error
    except (exceptions.TokenRetrievalError, exceptions.UnauthorizedSSOTokenError) as error:
        raise TargetError(f"the AWS session has expired: {error}", "run 'aws sso login' again") from error
    except exceptions.NoRegionError as error:
        raise UsageError("no AWS region", "name one with --region or [tool.gatewright] region") from error
    except (exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError) as error:
        target = session.target
        hint = "run 'gatewright local status'" if target.endpoint_url else "is there a way to the internet from here?"
        raise TargetError(f"{target.name} does not answer: {error}", hint) from error
    except exceptions.ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in EXPIRED:
            raise TargetError(
                f"AWS refuses the credentials: {error}", "renew them and run the command again"
            ) from error
        if code in DENIED:
            raise TargetError(
                f"AWS does not allow it: {error}",
                "ask whoever keeps the account's policies for the action that the message names",
            ) from error
        raise TargetError(f"AWS refused {error.operation_name}: {error}", "") from error


EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "RequestExpired",
}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


def error_code(error: Exception) -> str:
    """The error code of a botocore ClientError, "" for anything else."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def error_message(error: Exception) -> str:
    """AWS's own words of a botocore ClientError."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Message", error)) if isinstance(response, dict) else str(error)
