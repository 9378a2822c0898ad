"""moto in this process, unpatched, for every service that is not ours: spoken to as the WSGI application it is.

In: a verified call. Out: moto's reply, or an error in the service's shape where moto knows no such service or
operation. moto is imported when first needed, in a thread: it costs about a second. It enforces no IAM policies here
(its own checks cover a part of AWS's actions only, and would fail open for the rest): whoever holds a key that this
cloud issued may do all that moto does; the gateway's own decisions are evaluated by `local/iam.py`.
"""

from __future__ import annotations

import asyncio
import io
import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes

from gatewright.apigateway.gateway.types import Response
from gatewright.local.server.refusals import refuse
from gatewright.local.server.wire import Incoming
from gatewright.local.service import NotEmulated, Reply, ServiceError

LOG = logging.getLogger(__name__)
INTERNAL = ("/moto-api", "/latest/meta-data", "/latest/api", "/favicon.ico")
"""moto's own pages, which could reset all state: no service of AWS has them."""
REFUSED = {
    ("sts", "GetSessionToken"): "sts GetSessionToken",
    ("sts", "GetFederationToken"): "sts GetFederationToken",
}
"""moto answers these with one fixed key that everybody knows; the server would not accept it."""
OURS = frozenset({"apigateway", "lambda", "cloudformation", "execute-api"})
WARM = ("iam", "sts", "s3", "logs")


class MotoApp:
    def __init__(self, before: Mapping[str, Callable[[], None]] | None = None, threads: int = 16) -> None:
        """`before` is what has to happen before a call of a service: what the cloud keeps for it is handed over."""
        self.before = before or {}
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="moto")
        self.application: Any = None

    def load(self) -> Any:
        """Import moto and its dispatcher; cheap from the second time on."""
        if self.application is None:
            from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

            self.application = DomainDispatcherApplication(create_backend_app)
        return self.application

    def warm(self) -> None:
        """Load what every deploy needs, so that its first call does not wait."""
        from importlib import import_module

        self.load()
        for service in WARM:
            import_module(f"moto.{service}.models")
            import_module(f"moto.{service}.responses")

    def close(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)

    async def answer(self, incoming: Incoming, service: str, region: str) -> Response:
        return await asyncio.get_running_loop().run_in_executor(self.pool, self.run, incoming, service, region)

    def run(self, incoming: Incoming, service: str, region: str) -> Response:
        headers = {name.lower(): value for name, value in incoming.headers}
        try:
            refuse_known(incoming, service, headers)
            if service in self.before:
                self.before[service]()
            return self.call(incoming, service, region, headers)
        except ServiceError as error:
            return to_response(refuse(service, headers, error))
        except NotImplementedError as error:
            known = re.match(r"The (\w+) action has not been implemented", str(error))
            what = known.group(1) if known else operation_of(incoming)
            return to_response(refuse(service, headers, NotEmulated(f"{service} {what}")))
        except Exception as error:
            LOG.exception("moto failed on %s %s %s", service, incoming.method, incoming.path)
            text = f"{type(error).__name__} in moto: {error}"
            return to_response(refuse(service, headers, ServiceError("InternalFailure", text, 500)))

    def call(self, incoming: Incoming, service: str, region: str, headers: dict[str, str]) -> Response:
        try:
            application = self.load()
        except ImportError as error:
            raise NotEmulated(f"{service} (its part of moto needs {error.name})") from error
        status: list[Any] = []

        def start_response(line: str, lines: list[tuple[str, str]], _error: object = None) -> None:
            status[:] = [int(line[:3]), tuple(lines)]

        environ = environ_of(incoming, headers, service, region)
        host = application.infer_service_region_host(environ, incoming.path)
        # None is a presigned URL of S3, which names no service: moto takes it for S3 then.
        if host is not None and application.get_backend_for_host(host) is None:
            raise NotEmulated(f"the service {service}")
        try:
            body = b"".join(application(environ, start_response))
        except ModuleNotFoundError as error:
            raise NotEmulated(f"{service} (its part of moto needs {error.name})") from error
        code, lines = status
        if code in (404, 405) and is_page(lines):
            raise NotEmulated(f"{service}: {operation_of(incoming)}")
        return Response(code, lines, body)


def refuse_known(incoming: Incoming, service: str, headers: dict[str, str]) -> None:
    if incoming.path.startswith(INTERNAL) or service in OURS:
        raise NotEmulated(f"{service}: {incoming.method} {incoming.path}")
    if service == "sts":
        action = re.search(rb"(?:^|&)Action=(\w+)", incoming.body or incoming.query.encode())
        what = REFUSED.get((service, action.group(1).decode())) if action else None
        if what:
            raise NotEmulated(what)
    if service == "dynamodb" and "x-amz-target" not in headers:
        raise ServiceError("MissingAction", "X-Amz-Target names no operation", 400)


def environ_of(incoming: Incoming, headers: dict[str, str], service: str, region: str) -> dict[str, Any]:
    """The WSGI environment. The Authorization header tells moto the service, also where the URL was presigned."""
    from moto.core.request import (
        PRESERVED_HEADER_NAMES_ENVIRON_KEY,
        environ_key_for_header,
        should_preserve_original_header_name,
    )

    host, _, port = incoming.host.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": incoming.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(incoming.path).decode("latin-1"),
        "RAW_URI": f"{incoming.path}?{incoming.query}" if incoming.query else incoming.path,
        "REQUEST_URI": f"{incoming.path}?{incoming.query}" if incoming.query else incoming.path,
        "QUERY_STRING": incoming.query,
        "SERVER_NAME": host or incoming.host,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": f"HTTP/{incoming.version}",
        "REMOTE_ADDR": incoming.peer,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(incoming.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(incoming.body)),
        PRESERVED_HEADER_NAMES_ENVIRON_KEY: {},
    }
    for name, value in incoming.headers:
        key = environ_key_for_header(name)
        if key in ("CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
            continue
        if "_" in name:
            # As moto's own server: an underscore must not let one header stand in for another.
            if not should_preserve_original_header_name(name) or name.lower().replace("_", "-") in headers:
                continue
            environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY][key] = name
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    if "authorization" not in headers and service != "s3":
        scope = f"presigned/20000101/{region}/{service}/aws4_request"
        environ["HTTP_AUTHORIZATION"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=verified"
    return environ


def operation_of(incoming: Incoming) -> str:
    """What the call asks for, as far as it shows without a model."""
    target = incoming.header("x-amz-target")
    if target:
        return target.rpartition(".")[2]
    action = re.search(rb"(?:^|&)Action=(\w+)", incoming.body[:4096])
    return action.group(1).decode() if action else f"{incoming.method} {incoming.path}"


def is_page(lines: tuple[tuple[str, str], ...]) -> bool:
    """flask's own 404 page: no backend has this path. AWS's errors are XML or JSON."""
    kind = next((value for name, value in lines if name.lower() == "content-type"), "")
    return kind.startswith("text/html") and not any(name.lower().startswith("x-amz") for name, _ in lines)


def to_response(reply: Reply) -> Response:
    return Response(reply.status, tuple(reply.headers.items()), reply.body)
