"""The function's ARN in an integration's or authorizer's URI, with the stage variables put in."""

from __future__ import annotations

import re
from collections.abc import Mapping

PATH = re.compile(r"arn:[^:]+:apigateway:[^:]*:lambda:path/2015-03-31/functions/(.+)/invocations\Z")
VARIABLE = re.compile(r"\$\{stageVariables\.([^}]*)\}")
FUNCTION = re.compile(r"arn:[^:\s]+:lambda:[^:\s]*:[^:\s]*:function:[A-Za-z0-9_-]+(:[A-Za-z0-9$_-]+)?\Z")


class UriError(Exception):
    """A URI that names no function; the text is the execution log's."""


def function_arn(uri: str | None, stage_variables: Mapping[str, str]) -> str:
    """The ARN (with its qualifier, if it has one) of `arn:…:lambda:path/2015-03-31/functions/<arn>/invocations`.
    A stage variable that is not set leaves nothing, and then the ARN does not hold. Raises UriError."""
    filled = VARIABLE.sub(lambda found: stage_variables.get(found.group(1), ""), uri or "")
    match = PATH.match(filled)
    if match is None or not FUNCTION.match(match.group(1)):
        raise UriError("Invalid endpoint address")
    return match.group(1)
