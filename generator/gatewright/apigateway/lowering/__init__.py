"""Lowering: a document that says more than API Gateway can hold → the body that it imports without a warning."""

from gatewright.apigateway.lowering.document import Lowered, lower
from gatewright.apigateway.lowering.schemas import Change

__all__ = ["Change", "Lowered", "lower"]
