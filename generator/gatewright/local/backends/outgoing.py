"""HTTP requests of integrations: sent in threads, to anywhere, and to this cloud itself where AWS is meant.

In: an `HttpCall`. Out: the response as it came, header lines in their order. Timeouts are honoured, redirects and
errors of the other side passed on. A call to an AWS service goes to this cloud, signed with its role's key, after the
role's policies have allowed it.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, urlsplit

from gatewright.apigateway.gateway.types import BackendError, Headers, HttpCall, Response
from gatewright.local.backends.actions import asked
from gatewright.local.backends.roles import Roles
from gatewright.local.sigv4 import Key

SERVICE = "apigateway.amazonaws.com"
MAX_BODY = 10 * 1024 * 1024
THREADS = 64


class Outgoing:
    """`endpoint` is set once the server's port is known: "http://127.0.0.1:4510"."""

    def __init__(self, roles: Roles, account: str) -> None:
        self.roles = roles
        self.account = account
        self.endpoint = ""
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="outgoing")
        self.pools: dict[bool, Any] = {}

    async def send(self, call: HttpCall) -> Response:
        """BackendError "timeout", "missing" (no such host), "permission" or "failure"."""
        work = asyncio.get_running_loop().run_in_executor(self.threads, self.run, call)
        try:
            return await asyncio.wait_for(work, call.timeout)
        except TimeoutError as error:
            raise BackendError("timeout", f"no answer from {call.url} within {call.timeout:g} s") from error

    def run(self, call: HttpCall) -> Response:
        if call.sign is not None:
            call = self.to_this_cloud(call, call.sign)
        return self.request(call)

    def to_this_cloud(self, call: HttpCall, sign: tuple[str, str]) -> HttpCall:
        service, region = sign
        if not call.credentials:
            raise BackendError("permission", f"an integration with {service} needs credentials: the ARN of a role")
        if "*" in call.credentials:
            raise BackendError("unsupported", f"the caller's own credentials ({call.credentials}) for {service}")
        key = self.roles.assume(call.credentials, SERVICE, region)
        action, resource = asked(call, service, region, self.account)
        self.roles.require(call.credentials, action, resource)
        url = here(call.url, service, self.endpoint)
        return HttpCall(
            call.method,
            url,
            signed_headers(call, url, key, service, region),
            call.body,
            call.timeout,
            call.verify_tls,
        )

    def pool(self, verify_tls: bool) -> Any:
        import urllib3

        if verify_tls not in self.pools:
            self.pools[verify_tls] = urllib3.PoolManager(
                64, maxsize=THREADS, cert_reqs="CERT_REQUIRED" if verify_tls else "CERT_NONE"
            )
        return self.pools[verify_tls]

    def request(self, call: HttpCall) -> Response:
        import urllib3
        from urllib3.exceptions import HTTPError, LocationParseError, NameResolutionError, TimeoutError

        if not call.url.startswith(("http://", "https://")):
            raise BackendError("failure", f"Invalid endpoint address: {call.url}")
        headers = urllib3.HTTPHeaderDict()
        for name, value in call.headers:
            headers.add(name, value)
        for name in ("User-Agent", "Accept-Encoding"):
            if name not in headers:
                headers[name] = urllib3.util.SKIP_HEADER
        try:
            reply = self.pool(call.verify_tls).request(
                call.method,
                call.url,
                body=call.body or None,
                headers=headers,
                timeout=urllib3.Timeout(total=call.timeout),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            body = reply.read(MAX_BODY + 1, decode_content=False)
            reply.release_conn() if len(body) <= MAX_BODY else reply.close()
        except NameResolutionError as error:
            raise BackendError("missing", f"Invalid endpoint address: {call.url}") from error
        except TimeoutError as error:
            kind = "failure" if isinstance(error, urllib3.exceptions.ConnectTimeoutError) else "timeout"
            raise BackendError(kind, f"{call.url}: {error}") from error
        except (HTTPError, LocationParseError, ValueError, OSError) as error:
            raise BackendError("failure", f"{call.url}: {error}") from error
        if len(body) > MAX_BODY:
            raise BackendError("failure", f"{call.url} answered more than {MAX_BODY} bytes")
        return Response(int(reply.status), lines(reply.headers), body)

    def close(self) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)


def lines(headers: Any) -> Headers:
    return tuple((str(name), str(value)) for name, value in headers.iteritems())


def here(url: str, service: str, endpoint: str) -> str:
    """The same call to this cloud. A bucket in the host moves into the path."""
    parts = urlsplit(url)
    path = parts.path or "/"
    bucket, marker, _ = (parts.hostname or "").partition(".s3")
    if service == "s3" and marker and bucket:
        path = f"/{bucket}{path}"
    return f"{endpoint}{quote(path, safe='/%:~!$&()*+,;=@')}" + (f"?{parts.query}" if parts.query else "")


def signed_headers(call: HttpCall, url: str, key: Key, service: str, region: str) -> Headers:
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest(call.method, url, data=call.body)
    for name, value in call.headers:
        if name.lower() not in ("host", "authorization", "x-amz-security-token", "x-amz-date", "content-length"):
            request.headers[name] = value
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(Credentials(key.access_key, key.secret, key.token), service, region).add_auth(request)
    return tuple((str(name), str(value)) for name, value in request.headers.items())
