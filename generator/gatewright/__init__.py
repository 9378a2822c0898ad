"""Gatewright: from one swagger.yaml to a running, promotable, documented API on API Gateway and Lambda."""

__version__ = "0.1.0"
