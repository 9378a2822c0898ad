"""The roles that integrations call AWS services with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gatewright.apigateway.rules.integration_examples import QUEUE, REFERENCE_PAGE, ROLE, integration
from gatewright.apigateway.rules.rule import INTEGRATION, Hit, Rule, Subject
from gatewright.findings import Severity

SERVICE = re.compile(r"arn:[^:]+:apigateway:[^:]*:([\w.-]+):(?:path|action)/")


def without_role(subject: Subject) -> Iterator[Hit]:
    """Only functions can let API Gateway in by a policy of their own: calls to all other services are signed with a
    role's credentials."""
    for operation in subject.operations:
        uri = operation.integration.get("uri")
        found = SERVICE.match(uri) if isinstance(uri, str) else None
        is_aws = str(operation.integration.get("type", "")).lower() in ("aws", "aws_proxy")
        if not found or not is_aws or operation.integration.get("credentials") is not None:
            continue
        if found[1].split(".")[-1] != "lambda":
            message = f"{operation.name} calls {found[1]} without credentials."
            yield Hit((*operation.tokens, INTEGRATION), message, on_key=True)


def foreign_roles(subject: Subject) -> Iterator[Hit]:
    """A document does not say which account the API is in. When its roles are of several accounts, though, only one
    of them can be the API's: that of ${AWS::AccountId}, or else the one that most of the roles are of."""
    roles = [
        ((*operation.tokens, INTEGRATION, "credentials"), role)
        for operation in subject.operations
        if isinstance(role := operation.integration.get("credentials"), str)
    ]
    accounts = [(tokens, role.split(":")[4]) for tokens, role in roles if role.count(":") >= 5 and "${" not in role]
    numbers = [account for _, account in accounts if account.isdecimal()]
    if len(set(numbers)) < 2:
        return
    substituted = [account for tokens, account in accounts if "AWS::AccountId" in str(written(subject, tokens))]
    own = substituted[0] if substituted else max(sorted(set(numbers)), key=numbers.count)
    for tokens, account in accounts:
        if account.isdecimal() and account != own:
            yield Hit(tokens, f"The role is of account {account}, other roles here are of {own}.")


def written(subject: Subject, tokens: tuple[str, ...]) -> object:
    """The value at a place as the document has it, intrinsics and all."""
    node: object = subject.raw
    for token in tokens:
        node = node.get(token) if isinstance(node, Mapping) else None
    return node


RULES: tuple[Rule, ...] = (
    Rule(
        "INT-012",
        Severity.ERROR,
        "The integration's credentials are no role, or are missing.",
        "name a role that API Gateway may assume; leave it out for functions that permit the call themselves",
        integration(f"type: aws, httpMethod: POST, uri: '{QUEUE}'"),
        integration(f"type: aws, httpMethod: POST, uri: '{QUEUE}', credentials: '{ROLE}'"),
        REFERENCE_PAGE,
        "inferred",
        without_role,
        "Role ARN must be specified for AWS integrations",
    ),
    Rule(
        "INT-013",
        Severity.ERROR,
        "The caller's identity is passed on, and the method does not ask for one.",
        "let the method authorize with AWS_IAM",
        integration(f"type: aws, httpMethod: POST, uri: '{QUEUE}', credentials: 'arn:aws:iam::*:user/*'"),
        "x-amazon-apigateway-auth: {type: AWS_IAM}\n"
        + integration(f"type: aws, httpMethod: POST, uri: '{QUEUE}', credentials: 'arn:aws:iam::*:user/*'"),
        "observed: imports of such methods",
        "observed",
        aws_message="AWS_IAM Auth type is required for AWS integrations with identity forwarding specified",
    ),
    Rule(
        "INT-014",
        Severity.ERROR,
        "The role in credentials is of another account than the API.",
        "use a role of the API's account, which may assume the other one",
        "get: {" + integration(f"type: aws, httpMethod: POST, uri: '{QUEUE}', credentials: '{ROLE}'") + "}\n"
        "put: {"
        + integration(f"type: aws, httpMethod: POST, uri: '{QUEUE}', credentials: 'arn:aws:iam::999999999999:role/x'")
        + "}",
        integration(f"type: aws, httpMethod: POST, uri: '{QUEUE}', credentials: '{ROLE}'"),
        "moto, apigateway/exceptions.py",
        "inferred",
        foreign_roles,
        "Cross-account pass role is not allowed.",
    ),
)
