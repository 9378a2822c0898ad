"""Who signed a request to a stage for execute-api, and what this identity's policies say of the method.

In: the gateway's request. Out: a `Caller`; SignatureRefused with the gateway response's type and AWS's message.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from gatewright.apigateway.gateway.types import Caller, Request, SignatureRefused
from gatewright.local.backends.roles import Roles
from gatewright.local.keys import Keyring
from gatewright.local.sigv4 import Message, Refused, verify

ALLOWED = {"allow": True, "deny": False, "none": None}
TYPES = {
    "missing": ("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token"),
    "token": ("EXPIRED_TOKEN", "The security token included in the request is expired"),
    "unknown": ("INVALID_SIGNATURE", "The security token included in the request is invalid."),
}


@dataclass(frozen=True, slots=True)
class Callers:
    keys: Keyring
    roles: Roles

    def identify(self, request: Request, method_arn: str, paths: tuple[str, ...]) -> Caller:
        """`paths` are the forms of the URL's path that can have been signed: the stage is addressed in several ways."""
        headers: dict[str, str] = {}
        for name, value in request.headers:
            key = name.lower()
            headers[key] = f"{headers[key]},{value}" if key in headers else value
        refused: Refused | None = None
        for path in paths:
            message = Message(request.method, path, request.query, headers, request.body)
            try:
                signed = verify(message, self.keys.find, time.time())
            except Refused as error:
                refused = error
                continue
            if signed.service != "execute-api":
                raise SignatureRefused(
                    "INVALID_SIGNATURE",
                    f"Credential should be scoped to correct service: 'execute-api'. It is for {signed.service!r}.",
                )
            verdict = self.roles.verdict(signed.key.arn, "execute-api:Invoke", method_arn)
            key_ = signed.key
            return Caller(key_.access_key, key_.account, key_.arn, key_.user_id, ALLOWED[verdict])
        assert refused is not None
        response_type, message_text = TYPES.get(refused.kind, ("INVALID_SIGNATURE", refused.message))
        raise SignatureRefused(response_type, message_text)
