"""The function's ARN in an integration's or authorizer's URI, with the stage variables put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

PATH = re.compile(r"arn:[^:]+:apigateway:[^:]*:lambda:path/2015-03-31/functions/(.+)/invocations\Z")
VARIABLE = re.compile(r"\$\{stageVariables\.([^}]*)\}")
FUNCTION = re.compile(r"arn:[^:\s]+:lambda:[^:\s]*:[^:\s]*:function:[A-Za-z0-9_-]+(:[A-Za-z0-9$_-]+)?\Z")


class UriError(Exception):
    """A URI that names no function; the text is the execution log's."""


def function_arn(uri: str | None, stage_variables: Mapping[str, str]) -> str:
    """The ARN (with its qualifier, if it has one) of `arn:…:lambda:path/2015-03-31/functions/<arn>/invocations`.
    A stage variable that is not set leaves nothing, and then the ARN does not hold. Raises UriError."""
    filled = uri or ""
    if "${" in filled:
        filled = VARIABLE.sub(lambda found: stage_variables.get(found.group(1), ""), filled)
    arn = _arn(filled)
    if arn is None:
        raise UriError("Invalid endpoint address")
    return arn


def invocation_url(arn: str) -> str:
    """Where Lambda's API invokes a function, as execution logs name it."""
    return f"https://lambda.{arn.split(':')[3]}.amazonaws.com/2015-03-31/functions/{arn}/invocations"


@lru_cache(maxsize=1024)
def _arn(uri: str) -> str | None:
    match = PATH.match(uri)
    return match.group(1) if match and FUNCTION.match(match.group(1)) else None
