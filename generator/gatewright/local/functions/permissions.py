"""Resource policies, one for each qualifier: who may invoke exactly this version, alias, or function as such.

A permission on an alias says nothing about the function or another alias, nor the other way round. What a statement
holds beyond what is understood here makes it not match: a policy never lets in by being unclear.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from gatewright.local.functions import refusals
from gatewright.local.functions.naming import LATEST, Name
from gatewright.local.functions.state import Function, Shelf, new_revision
from gatewright.local.service import Identity, NotEmulated, ServiceError

POLICY_LIMIT = 20_480
SID = re.compile(r"[a-zA-Z0-9-_]{1,100}")
ACTION = re.compile(r"lambda:[*]|lambda:[a-zA-Z]+|[*]")
SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")
INVOKE = "lambda:InvokeFunction"
REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class Asker:
    """A service that wants to invoke: its principal name, and the ARN and account it comes from."""

    service: str
    source_arn: str
    account: str


def add(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, name = found(shelf, identity, params)
    if name.qualifier == LATEST:
        raise refusals.invalid("We currently do not support adding policies for $LATEST.")
    check_revision(function, name, params, "GetFunction/GetAlias")
    statements = function.policies.get(name.qualifier or "", [])
    if any(statement["Sid"] == params["StatementId"] for statement in statements):
        raise refusals.conflict(
            f"The statement id ({params['StatementId']}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement."
        )
    made = statement_of(name, params)
    size = len(document([*statements, made]))
    if size > POLICY_LIMIT:
        message = f"The final policy size ({size}) is bigger than the limit ({POLICY_LIMIT})."
        raise ServiceError("PolicyLengthExceededException", message, 400, Type="User")
    function.policies[name.qualifier or ""] = [*statements, made]
    revise(function, name)
    return {"Statement": dump(made)}


def statement_of(name: Name, params: Mapping[str, Any]) -> dict[str, Any]:
    for member, pattern in (("StatementId", SID), ("Action", ACTION)):
        if not pattern.fullmatch(params[member]):
            constraint = f"Member must satisfy regular expression pattern: {pattern.pattern}"
            raise refusals.out_of_bounds(params[member], member[0].lower() + member[1:], constraint)
    for member in ("FunctionUrlAuthType", "InvokedViaFunctionUrl"):
        if member in params:
            raise NotEmulated(f"Lambda's {member}: function URLs")
    conditions: dict[str, dict[str, str]] = {}
    for member, operator, key in (
        ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
        ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("SourceArn", "ArnLike", "AWS:SourceArn"),
    ):
        if params.get(member):
            conditions.setdefault(operator, {})[key] = params[member]
    statement = {
        "Sid": params["StatementId"],
        "Effect": "Allow",
        "Principal": principal(params["Principal"]),
        "Action": params["Action"],
        "Resource": name.qualified_arn,
    }
    return {**statement, "Condition": conditions} if conditions else statement


def principal(given: str) -> str | dict[str, str]:
    if given == "*":
        return "*"
    if SERVICE.fullmatch(given):
        return {"Service": given}
    if re.fullmatch(r"\d{12}", given):
        return {"AWS": f"arn:aws:iam::{given}:root"}
    if re.fullmatch(r"arn:aws[a-z-]*:(iam|sts)::\d{12}:.+", given):
        return {"AWS": given}
    raise refusals.invalid("The provided principal was invalid. Please check the principal and try again.")


def remove(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, name = found(shelf, identity, params)
    statements = function.policies.get(name.qualifier or "")
    if not statements:
        raise refusals.missing("No policy is associated with the given resource.")
    check_revision(function, name, params, "GetPolicy")
    kept = [statement for statement in statements if statement["Sid"] != params["StatementId"]]
    if len(kept) == len(statements):
        raise refusals.missing(f"Statement {params['StatementId']} is not found in resource policy.")
    function.policies[name.qualifier or ""] = kept
    revise(function, name)
    return {}


def get(shelf: Shelf, identity: Identity, params: dict[str, Any]) -> dict[str, Any]:
    function, name = found(shelf, identity, params)
    statements = function.policies.get(name.qualifier or "")
    if not statements:
        raise refusals.missing("The resource you requested does not exist.")
    return {"Policy": document(statements), "RevisionId": revision(function, name)}


def found(shelf: Shelf, identity: Identity, params: Mapping[str, Any]) -> tuple[Function, Name]:
    function, name = shelf.find(identity, params)
    if name.qualifier and name.qualifier not in function.aliases and name.qualifier not in function.versions:
        known = refusals.no_function if name.qualifier.isdigit() else refusals.no_alias
        raise known(name.qualified_arn)
    return function, name


def document(statements: list[dict[str, Any]]) -> str:
    return dump({"Version": "2012-10-17", "Id": "default", "Statement": statements})


def dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def revision(function: Function, name: Name) -> str:
    alias = function.aliases.get(name.qualifier or "")
    return alias.revision if alias else function.pinned(name).revision


def check_revision(function: Function, name: Name, params: Mapping[str, Any], api: str) -> None:
    if params.get("RevisionId") not in (None, revision(function, name)):
        raise refusals.stale_revision(api)


def revise(function: Function, name: Name) -> None:
    """A change of the policy is a new revision of what it belongs to."""
    if name.qualifier in function.aliases:
        alias = function.aliases[name.qualifier]
        function.aliases[alias.name] = replace(alias, revision=new_revision())
        return
    version = function.pinned(name)
    function.versions[version.number] = replace(version, revision=new_revision())


def allowed(function: Function, qualifier: str, asker: Asker) -> bool:
    """Whether the policy of exactly this qualifier lets a service invoke. Asked for at every request: an Allow is
    remembered with the statements it came from, and holds for no others (they are replaced, never changed)."""
    statements = function.policies.get(qualifier)
    if not statements:
        return False
    asked = (qualifier, asker)
    if function.allowances.get(asked) is statements:
        return True
    if not any(matches(statement, asker) for statement in statements):
        return False
    if len(function.allowances) >= REMEMBERED:
        function.allowances.clear()
    function.allowances[asked] = statements
    return True


def matches(statement: Mapping[str, Any], asker: Asker) -> bool:
    if statement["Principal"] not in ("*", {"Service": asker.service}):
        return False
    if statement["Action"] not in (INVOKE, "lambda:*", "*"):
        return False
    return all(
        holds(operator, key, wanted, asker)
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def holds(operator: str, key: str, wanted: str, asker: Asker) -> bool:
    if (operator, key) == ("ArnLike", "AWS:SourceArn"):
        return arn_like(wanted, asker.source_arn)
    if (operator, key) == ("StringEquals", "AWS:SourceAccount"):
        return wanted == asker.account
    return False


def arn_like(pattern: str, arn: str) -> bool:
    """IAM's ArnLike: each of the six parts by itself; * is any text and ? one character, neither crosses a colon
    but in the last part."""
    wanted, given = compiled(pattern), arn.split(":", 5)
    return len(wanted) == len(given) == 6 and all(
        part.fullmatch(text) for part, text in zip(wanted, given, strict=True)
    )


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(re.escape(part).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
        for part in pattern.split(":", 5)
    )
