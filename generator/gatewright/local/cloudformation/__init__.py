"""The local CloudFormation: `CloudFormation(clients).operations`, with `connect` to make its clients."""

from __future__ import annotations

from gatewright.local.cloudformation.clients import connect
from gatewright.local.cloudformation.service import CloudFormation

__all__ = ["CloudFormation", "connect"]
