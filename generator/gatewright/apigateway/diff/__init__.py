"""What changes for callers between two APIs: `compare(before, after)`."""

from gatewright.apigateway.diff.apis import compare
from gatewright.apigateway.diff.change import Change

__all__ = ["Change", "compare"]
