"""HTTP calls to operations and back, as botocore's service models say: the wire side of our own services.

In: a `Call`. Out: an operation's name with parameters in botocore's names and Python types; from its result or a
`ServiceError`, a `Reply`. What the model does not know is refused as not emulated, never dropped.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gatewright.local.protocol import query, rest_json
from gatewright.local.protocol.routes import Routes
from gatewright.local.service import Call, NotEmulated, Reply, ServiceError

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

__all__ = ["Protocol"]


class Protocol:
    """The protocol of one service, by botocore's folder name: "apigateway", "lambda", "cloudformation"."""

    def __init__(self, service_name: str) -> None:
        self.model = load_model(service_name)
        self.is_query = self.model.metadata["protocol"] == "query"
        self.routes = None if self.is_query else Routes(self.model)

    def parse(self, call: Call) -> tuple[str, dict[str, Any]]:
        """The operation's name and its parameters. ServiceError if the call is malformed, NotEmulated if unknown."""
        if self.routes is None:
            return query.parse(self.model, call)
        operation, labels = self.routes.match(call)
        return operation.name, rest_json.parse(operation, labels, call)

    def reply(self, operation: str, result: Mapping[str, Any]) -> Reply:
        """The operation's result (botocore's names; times as datetime or epoch seconds; None is left out)."""
        model = self.model.operation_model(operation)
        request_id = str(uuid.uuid4())
        if self.is_query:
            return query.reply(model, result, request_id)
        return rest_json.reply(model, result, request_id)

    def refuse(self, error: ServiceError) -> Reply:
        """The error in the service's shape; an error the model knows gets the model's status."""
        request_id = str(uuid.uuid4())
        shape = next((each for each in self.model.error_shapes if error_code(each) == error.code), None)
        status = error.status
        if status == 400 and shape is not None:
            status = int(shape.metadata.get("error", {}).get("httpStatusCode", status))
        if self.is_query:
            return query.refuse(self.model, error, status, request_id)
        return rest_json.refuse(shape, error, status, request_id)

    def operation(self, name: str) -> OperationModel:
        """botocore's model of one operation; NotEmulated when there is none."""
        if name not in self.model.operation_names:
            raise NotEmulated(f"{self.model.service_name} {name}")
        return self.model.operation_model(name)


def error_code(shape: Any) -> str:
    return str(shape.metadata.get("error", {}).get("code", shape.name))


@lru_cache
def load_model(service_name: str) -> ServiceModel:
    """botocore's newest model of a service."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model(service_name, "service-2"), service_name)
