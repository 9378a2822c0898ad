"""`python -m gatewright.local`: the local cloud's own process, started by `lifecycle.start`.

In: the repository's root, a port, a region, and a descriptor on which to say, in one line, that it answers or why it
cannot. Out: a server on 127.0.0.1 until SIGTERM, its record in build/local/, its log on stderr.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import threading
import time
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

from gatewright.errors import GatewrightError
from gatewright.local.keys import owner_key
from gatewright.local.lifecycle.record import DEFAULT_PORT, Record, folder_of, hold, prepare, write_record

LOG = logging.getLogger("gatewright.local")


def main() -> int:
    arguments = read_arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("werkzeug", "botocore", "urllib3", "boto3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    # Nobody has to prove to this cloud that a domain is theirs.
    os.environ["MOTO_ACM_VALIDATION_WAIT"] = "0"
    folder = folder_of(arguments.root)
    try:
        prepare(folder)
        if hold(folder) is None:
            raise GatewrightError(
                "another local cloud of this repository is running", "'gatewright local stop' ends it"
            )
        run(serve(arguments, folder))
    except GatewrightError as error:
        LOG.error("%s", error.message)
        report(arguments.ready, {"error": error.message, "hint": error.hint})
        return error.exit_code
    return 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m gatewright.local", description="The local cloud's server.")
    parser.add_argument("--root", type=Path, required=True, help="the repository's root")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one")
    parser.add_argument("--https-port", type=int, default=0, help="where custom domains are served; 0 takes a free one")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--ready", type=int, help="the descriptor on which to say that the server answers")
    return parser.parse_args()


def run(serving: Coroutine[Any, Any, None]) -> None:
    """On uvloop where there is one: it serves about twice as many requests a second."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(serving)
    else:
        uvloop.run(serving)


async def serve(arguments: argparse.Namespace, folder: Path) -> None:
    from gatewright.local.authority import listening_context
    from gatewright.local.cloud import Cloud, Setting
    from gatewright.local.server.listener import Listener

    instance = secrets.token_hex(16)
    cloud = Cloud(Setting(folder.parent, owner_key(folder), arguments.region, instance))
    listener = Listener(cloud.application)
    port = await listener.open(arguments.port)
    cloud.opened(port)
    domains = Listener(cloud.application)
    https_port = await domains.open(arguments.https_port, listening_context(folder, cloud.gateway.has_domain))
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    write_record(folder, Record(os.getpid(), port, arguments.region, instance, time.time(), https_port))
    report(arguments.ready, {"port": port})
    LOG.info("the local cloud answers on http://127.0.0.1:%d", port)
    threading.Thread(target=cloud.warm, name="warm", daemon=True).start()
    await stopped.wait()
    LOG.info("the local cloud ends; it held %s", cloud.held())
    await domains.close()
    await listener.close()
    await cloud.close()


def report(ready: int | None, answer: Mapping[str, object]) -> None:
    """Tell who started us, once."""
    if ready is None:
        return
    with contextlib.suppress(OSError):
        os.write(ready, json.dumps(answer).encode() + b"\n")
        os.close(ready)


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    # All is ended in order by now; a thread of moto that still waits (a long poll of a queue) must not hold the port's
    # owner back.
    os._exit(code)
