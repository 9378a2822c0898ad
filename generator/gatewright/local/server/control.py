"""The control plane: lets in only who signs with a key that this cloud issued, then hands over by service.

In: a request that is none of the data plane's. Out: our services' replies through their protocol, moto's for the rest.
A page in the user's browser is kept out twice: it has no key, and its Origin or a foreign Host header is refused.
"""

from __future__ import annotations

import inspect
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.apigateway.gateway.types import Response
from gatewright.local.keys import Keyring
from gatewright.local.protocol import Protocol
from gatewright.local.server.moto_app import MotoApp, to_response
from gatewright.local.server.refusals import refuse_signature
from gatewright.local.server.wire import FORBIDDEN, Incoming
from gatewright.local.service import Call, Identity, NotEmulated, Service, ServiceError
from gatewright.local.sigv4 import Message, Refused, Signed, verify

LOG = logging.getLogger(__name__)
HOST = re.compile(r"(127\.0\.0\.1|\[::1\]|localhost|([a-z0-9_.-]+\.)?localhost)(:\d+)?")
PUBLIC_KEYS = re.compile(r"/[\w-]+_[0-9A-Za-z]+/\.well-known/(jwks\.json|openid-configuration)")
"""A user pool's public keys: everybody may read them, as at AWS."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One of our services: its protocol and its operations."""

    protocol: Protocol
    operations: Service


class ControlPlane:
    def __init__(self, keys: Keyring, endpoints: Mapping[str, Endpoint], moto: MotoApp) -> None:
        """`endpoints` by botocore's folder name: "apigateway", "apigatewayv2", "lambda", "cloudformation"."""
        self.keys = keys
        self.endpoints = endpoints
        self.moto = moto

    async def handle(self, incoming: Incoming) -> Response:
        headers = joined(incoming)
        try:
            if not HOST.fullmatch(incoming.host):
                LOG.info("refused %s %s: the Host %r is nobody's here", incoming.method, incoming.path, incoming.host)
                return FORBIDDEN
            if "origin" in headers:
                raise Refused("missing", "The control plane takes no requests of web pages (Origin header).")
            if incoming.method == "GET" and PUBLIC_KEYS.fullmatch(incoming.path):
                return await self.moto.answer(incoming, "cognito-idp", incoming.path[1:].partition("_")[0])
            message = Message(incoming.method, incoming.path, incoming.query, headers, incoming.body)
            signed = verify(message, self.keys.find, time.time())
        except Refused as refused:
            LOG.info("refused %s %s: %s", incoming.method, incoming.path, refused.message)
            return to_response(refuse_signature(refused, headers))
        return await self.dispatch(incoming, headers, signed)

    async def dispatch(self, incoming: Incoming, headers: dict[str, str], signed: Signed) -> Response:
        endpoint = self.endpoints.get(folder_of(signed.service, incoming.path))
        if endpoint is None:
            return await self.moto.answer(incoming, signed.service, signed.region)
        call = Call(incoming.method, incoming.path, incoming.query, headers, incoming.body)
        identity = Identity(signed.key.access_key, signed.key.account, signed.key.arn, signed.region)
        return await operate(endpoint, call, identity)


async def operate(endpoint: Endpoint, call: Call, identity: Identity) -> Response:
    """Parse, run the operation, and write its result or its error."""
    try:
        name, params = endpoint.protocol.parse(call)
        operation = endpoint.operations.get(name)
        if operation is None:
            raise NotEmulated(f"{endpoint.protocol.model.service_name} {name}")
        result = operation(identity, params)
        done = await result if inspect.isawaitable(result) else result
        return to_response(endpoint.protocol.reply(name, done))
    except ServiceError as error:
        return to_response(endpoint.protocol.refuse(error))
    except Exception as error:
        LOG.exception("%s %s %s failed", endpoint.protocol.model.service_name, call.method, call.path)
        text = f"{type(error).__name__}: {error} (a bug of the local cloud; see its log)"
        return to_response(endpoint.protocol.refuse(ServiceError("InternalFailure", text, 500)))


def folder_of(service: str, path: str) -> str:
    """API Gateway's two services sign with one name; the second's paths begin with /v2/."""
    return "apigatewayv2" if service == "apigateway" and path.startswith("/v2/") else service


def joined(incoming: Incoming) -> dict[str, str]:
    """Header names in lower case; the values of a repeated one joined by commas, as a signature takes them."""
    headers: dict[str, str] = {}
    for name, value in incoming.headers:
        key = name.lower()
        headers[key] = f"{headers[key]},{value}" if key in headers else value
    return headers
