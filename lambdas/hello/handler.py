"""GET and POST /hello: greet whoever is named, and say which stage and release answered."""

from __future__ import annotations

import json
from typing import Any

GREETINGS = {"en": "Hello", "de": "Hallo", "fr": "Bonjour"}


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    if event["httpMethod"] == "POST":
        request = json.loads(event["body"])
    else:
        request = event["queryStringParameters"]
    greeting = GREETINGS[request.get("language", "en")]
    # The stage comes from the event and never from the environment: TEST and PROD may run the very same version.
    variables = event["stageVariables"] or {}
    return answer(
        200,
        {
            "message": f"{greeting}, {request['foo']}!",
            "stage": event["requestContext"]["stage"],
            "release": variables.get("release", ""),
        },
    )


def answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"},
        "body": json.dumps(body),
    }
