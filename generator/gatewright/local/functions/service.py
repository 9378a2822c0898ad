"""The Lambda service of the local cloud: its operations for boto3, its way in for the gateway, its end.

In: what it asks of the rest of the cloud. Out: `operations`, called with botocore's names. Every operation that is
not in the table is refused as not emulated by whoever looks it up.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gatewright.local.functions import aliases, functions, permissions, settings, versions
from gatewright.local.functions.invoke import Caller
from gatewright.local.functions.runner import Runner
from gatewright.local.functions.state import Credentials, Fetch, Log, Shelf, World
from gatewright.local.service import Service


class Functions:
    """Functions of every region. Use it in one event loop; end it with `close`."""

    def __init__(
        self,
        build: Path,
        *,
        fetch: Fetch,
        credentials: Credentials,
        log: Log,
        endpoint: Callable[[], str],
        draw: Callable[[], float] = random.random,
    ) -> None:
        """`build` is the project's build folder: code is unpacked below build/local/code (what an earlier cloud left
        there goes), requirements for this machine are looked for below build/local/site. The rest is `World`'s."""
        folder = build / "local" / "code"
        shutil.rmtree(folder, ignore_errors=True)
        world = World(folder, build, fetch, credentials, log, endpoint, draw)
        self.shelf = Shelf(world)
        self.runner = Runner(world)
        self.caller = Caller(self.shelf, self.runner)
        self.invoke_arn = self.caller.invoke_arn
        self.operations: Service = self.table()

    def table(self) -> Service:
        on = partial
        shelf = self.shelf
        return {
            "CreateFunction": on(functions.create, shelf),
            "UpdateFunctionCode": on(functions.update_code, shelf),
            "UpdateFunctionConfiguration": on(functions.update_configuration, shelf),
            "GetFunction": on(functions.get, shelf),
            "GetFunctionConfiguration": on(functions.get_configuration, shelf),
            "ListFunctions": on(functions.listed, shelf),
            "DeleteFunction": on(functions.delete, shelf),
            "PublishVersion": on(versions.publish, shelf),
            "ListVersionsByFunction": on(versions.listed, shelf),
            "CreateAlias": on(aliases.create, shelf),
            "GetAlias": on(aliases.get, shelf),
            "UpdateAlias": on(aliases.update, shelf),
            "DeleteAlias": on(aliases.delete, shelf),
            "ListAliases": on(aliases.listed, shelf),
            "AddPermission": on(permissions.add, shelf),
            "RemovePermission": on(permissions.remove, shelf),
            "GetPolicy": on(permissions.get, shelf),
            "PutFunctionConcurrency": on(settings.put_concurrency, shelf),
            "GetFunctionConcurrency": on(settings.get_concurrency, shelf),
            "DeleteFunctionConcurrency": on(settings.delete_concurrency, shelf),
            "ListTags": on(settings.list_tags, shelf),
            "TagResource": on(settings.tag, shelf),
            "UntagResource": on(settings.untag, shelf),
            "GetAccountSettings": on(settings.account, shelf),
            "Invoke": self.caller.invoke,
        }

    async def close(self) -> None:
        """End every function process, and remove the unpacked code."""
        await self.runner.close()
        shutil.rmtree(self.shelf.world.folder, ignore_errors=True)
