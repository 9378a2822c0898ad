"""Whose a deployed stack is: one API's of one repository, and nobody else touches it.

A repository has a name where `[tool.gatewright] repository` gives it one (`gatewright init` does); it is written into
every stack. A stack without one belongs to whoever has the API.
"""

from __future__ import annotations

from gatewright.aws.deployed import Deployed
from gatewright.errors import StackError
from gatewright.project import ApiSource


def belongs_here(present: Deployed | None, api: ApiSource, repository: str) -> None:
    """StackError when the stack holds another API, or the API of another repository."""
    if present is None:
        return
    hint = f"give {api.name} another stack name in [tool.gatewright.apis.{api.name}] stack"
    if present.api != api.name:
        raise StackError(f"the stack {api.stack} holds the API {present.api}, not {api.name}", hint)
    if present.repository and present.repository != repository:
        raise StackError(
            f"the stack {api.stack} belongs to the repository {present.repository},"
            f" not to {repository or 'this one, which has no name'}",
            f"{hint}, or, if it is the same repository, put its name into [tool.gatewright] repository",
        )
