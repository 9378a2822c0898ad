"""Work on several APIs side by side: one thread an API, each line with the API's name before it.

In: the APIs and what to do with one. Out: a closing line for each API. One that fails leaves the others going; what is
no user's mistake but a bug is raised again, with its traceback, when all have ended.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from gatewright.errors import DocumentError, FindingsError, GatewrightError
from gatewright.terminal import Console

if TYPE_CHECKING:
    from gatewright.project import ApiSource


@dataclass(frozen=True, slots=True)
class Outcome:
    api: str
    seconds: float
    error: BaseException | None


def side_by_side(
    apis: Sequence[ApiSource], console: Console, work: Callable[[ApiSource, Console], None], *, live: bool
) -> int:
    """The exit code: 0, or the greatest of those that failed. `live` shows each line as it comes; else what is said of
    an API is shown in one piece, in the order of the APIs."""
    width = max(len(api.name) for api in apis)
    outcomes: dict[str, Outcome] = {}
    kept = {api.name: io.StringIO() for api in apis}
    consoles = {
        api.name: Console(console.stream, api.name.ljust(width), console.lock) if live else Console(kept[api.name])
        for api in apis
    }

    def run(api: ApiSource) -> None:
        began = time.monotonic()
        own = consoles[api.name]
        error: BaseException | None = None
        try:
            work(api, own)
        except (GatewrightError, click.ClickException) as known:
            error = known
            if not isinstance(known, FindingsError):
                for line in told(known):
                    own.line(line, "red")
        except BaseException as bug:
            error = bug
        outcomes[api.name] = Outcome(api.name, time.monotonic() - began, error)

    # Daemons: an interrupt ends the command at once, as it does for one API.
    threads = [threading.Thread(target=run, args=(api,), daemon=True) for api in apis]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not live:
        for api in apis:
            console.line(f"── {api.name}", "bold")
            for line in kept[api.name].getvalue().splitlines():
                console.line(line)
        if not any(outcome.error for outcome in outcomes.values()):
            return 0
    code = close([outcomes[api.name] for api in apis], console)
    for api in apis:
        if consoles[api.name].ending:
            console.line()
            console.line(f"── {api.name}", "bold")
            for line in filter(None, consoles[api.name].ending):
                console.line(line)
    return code


def close(outcomes: Sequence[Outcome], console: Console) -> int:
    """One line for each API, and the exit code."""
    console.line()
    code = 0
    for outcome in outcomes:
        if outcome.error is None:
            console.step(outcome.api, f"done in {outcome.seconds:.1f} s", "green")
            continue
        code = max(code, exit_code(outcome.error))
        console.step(outcome.api, f"failed: {told(outcome.error)[0].removeprefix('error: ')}", "red")
    bug = next((one.error for one in outcomes if one.error and not is_known(one.error)), None)
    if bug is not None:
        raise bug
    return code


def is_known(error: BaseException) -> bool:
    return isinstance(error, GatewrightError | click.ClickException)


def exit_code(error: BaseException) -> int:
    return error.exit_code if isinstance(error, GatewrightError | click.ClickException) else 1


def told(error: BaseException) -> list[str]:
    """An error in one or two lines: where and what, and what to do about it."""
    if isinstance(error, click.ClickException):
        return [f"error: {error.format_message()}"]
    if not isinstance(error, GatewrightError):
        return [f"error: {type(error).__name__}: {error}"]
    places = error.findings if isinstance(error, DocumentError) else ()
    where = next(
        (f"{one.location.file}:{one.location.line}:{one.location.column}: " for one in places if one.location), ""
    )
    return [f"error: {where}{error.message}", *([f"       {error.hint}"] if error.hint else [])]
