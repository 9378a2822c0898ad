"""Mocks of real documents answer what their documents say: the status, and every header that is written as a literal.

Read from the documents themselves, not from the model, so that the importer is part of what is tried.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apigateway.gateway.making import get, header, send
from apigateway.importer.corpus import corpus
from gatewright.apigateway.importer import import_document
from gatewright.apigateway.model import RestApi

STATUS = re.compile(r"[\"']?statusCode[\"']?\s*:\s*[\"']?(\d{3})")
PREFIX = "method.response.header."


async def test_mocks_answer_what_their_documents_say(shared: Path) -> None:
    passed = 0
    for name, document in corpus(shared / "corpus"):
        imported = import_document(document, api_id="api", region="us-east-1", account="123456789012")
        if imported.errors:
            continue
        for path, verb, integration in mocks(document):
            if not is_open(imported.api, path, verb):
                continue
            status = asked_for(integration)
            expected = integration["responses"].get(status) or integration["responses"].get("default")
            if expected is None:
                continue
            request = get(re.sub(r"\{[^}]*\}", "x", path), verb=verb.upper(), Content_Type="application/json")
            outcome = await send(imported.api, request)
            where = f"{name}: {verb} {path}"
            assert outcome.response.status == int(expected["statusCode"]), where
            for key, value in expected.get("responseParameters", {}).items():
                if str(value).startswith("'"):
                    assert header(outcome, key.removeprefix(PREFIX)) == str(value)[1:-1], f"{where} {key}"
            passed += 1
    print(f"corpus mocks: {passed} / {passed}")
    assert passed > 10


def mocks(document: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Mock integrations with their answers, as the document writes them."""
    for path, item in document.get("paths", {}).items():
        for verb, operation in item.items() if isinstance(item, dict) else ():
            if not isinstance(operation, dict) or verb.startswith("x-"):
                continue
            integration = operation.get("x-amazon-apigateway-integration", {})
            is_opaque = "${" in json.dumps(integration)  # what only CloudFormation could fill in
            if str(integration.get("type", "")).lower() == "mock" and integration.get("responses") and not is_opaque:
                yield path, verb, integration


def asked_for(integration: dict[str, Any]) -> str:
    """The status that a mock's request template asks for."""
    template = integration.get("requestTemplates", {}).get("application/json", "")
    found = STATUS.search(template if isinstance(template, str) else json.dumps(template))
    return found[1] if found else "200"


def is_open(api: RestApi, path: str, verb: str) -> bool:
    """Whether a call without credentials, parameters and a body reaches the integration."""
    resource = next((one for one in api.resources.values() if one.path == path), None)
    method = resource.methods.get(verb.upper()) if resource else None
    return (
        method is not None
        and api.policy is None
        and method.authorization_type == "NONE"
        and not method.api_key_required
        and not any(needed for name, needed in method.request_parameters.items() if ".path." not in name)
    )
