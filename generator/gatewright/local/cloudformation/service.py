"""The local CloudFormation: calls in botocore's names in, results out, boto3 calls to the local services in between.

Calls that may fetch a template or wait for a lock run in a thread: the services they call live in the same process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gatewright.local.cloudformation import operate, read, review
from gatewright.local.cloudformation.book import Book
from gatewright.local.cloudformation.run import Clients
from gatewright.local.cloudformation.types import ENTRIES
from gatewright.local.cloudformation.types.entry import Entry, words
from gatewright.local.service import Identity, NotEmulated, Operation, Service

Call = Callable[[Book, Identity, Mapping[str, Any]], dict[str, Any]]


def protect(book: Book, who: Identity, params: Mapping[str, Any]) -> dict[str, Any]:
    stack = book.get(who, params["StackName"])
    stack.protected = bool(params["EnableTerminationProtection"])
    return {"StackId": stack.id}


CALLS: Mapping[str, Call] = {
    "CancelUpdateStack": operate.cancel_update,
    "ContinueUpdateRollback": operate.continue_rollback,
    "CreateChangeSet": review.create_change_set,
    "CreateStack": operate.create_stack,
    "DeleteChangeSet": review.delete_change_set,
    "DeleteStack": operate.delete_stack,
    "DescribeChangeSet": review.describe_change_set,
    "DescribeStackEvents": read.describe_events,
    "DescribeStackResource": read.describe_resource,
    "DescribeStackResources": read.describe_resources,
    "DescribeStacks": read.describe_stacks,
    "ExecuteChangeSet": review.execute_change_set,
    "GetTemplate": read.get_template,
    "GetTemplateSummary": read.template_summary,
    "ListChangeSets": review.list_change_sets,
    "ListExports": read.list_exports,
    "ListImports": read.list_imports,
    "ListStackResources": read.list_resources,
    "ListStacks": read.list_stacks,
    "UpdateStack": operate.update_stack,
    "UpdateTerminationProtection": protect,
    "ValidateTemplate": read.validate_template,
}

THREADS = 8
READING = frozenset(name for name in CALLS if name.startswith(("Describe", "Get", "List", "Validate")))

REFUSED = words(
    "CallAs DeploymentConfig ImportExistingResources NotificationARNs ResourceTypes ResourcesToImport StackPolicyBody"
    " StackPolicyDuringUpdateBody StackPolicyDuringUpdateURL StackPolicyURL StackSetName TemplateSummaryConfig"
)
"""Parameters that would be ignored: a stack policy that is not enforced, say, protects nothing."""


def refuse_unknown(operation: str, params: Mapping[str, Any]) -> None:
    for name in REFUSED & set(params):
        if params[name]:
            raise NotEmulated(f"{operation}'s {name}")
    if params.get("DeploymentMode", "STANDARD") != "STANDARD":
        raise NotEmulated(f"{operation}'s DeploymentMode {params['DeploymentMode']}")
    if params.get("RollbackConfiguration", {}).get("RollbackTriggers"):
        raise NotEmulated(f"{operation}'s RollbackConfiguration with triggers")


class CloudFormation:
    """`clients(service, region)` gives a boto3 client that reaches the local cloud; see `clients.connect`.
    `entries` are the resource types it makes."""

    def __init__(self, clients: Clients, entries: Mapping[str, Entry] = ENTRIES) -> None:
        self.book = Book(clients, entries)
        self.pool = ThreadPoolExecutor(THREADS, "cloudformation")
        self.operations: Service = {name: self.operation(name, call) for name, call in CALLS.items()}

    def operation(self, name: str, call: Call) -> Operation:
        async def answer(who: Identity, params: dict[str, Any]) -> dict[str, Any]:
            refuse_unknown(name, params)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.pool, self.answer, name, call, who, params)

        return answer

    def answer(self, name: str, call: Call, who: Identity, params: dict[str, Any]) -> dict[str, Any]:
        """Calls that change something come one after the other: what one has read must still be so when it acts."""
        if name in READING:
            return call(self.book, who, params)
        with self.book.lock:
            return call(self.book, who, params)

    def count(self) -> int:
        """How many stacks there are, in all accounts and regions."""
        return sum(stack.status != "DELETE_COMPLETE" for stack in self.book.stacks)

    def close(self, seconds: float = 10.0) -> None:
        """Ask what is under way to stop, and wait for it. Blocks: not for the loop that the services run in."""
        for stack in self.book.stacks:
            stack.cancelled.set()
        for thread in self.book.threads:
            thread.join(seconds)
        self.pool.shutdown(wait=False, cancel_futures=True)
