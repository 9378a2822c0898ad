"""Killed, throttled, failed and cut off: the next command finds out where it stands, and ends or undoes it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from end_to_end.conftest import ROOT, TOKEN, Ran, Repository, call, repository
from faults.proxy import Fault, Proxy, die_after, die_before, fail, hold_before, lose_reply, throttle

__all__ = ["repository"]
MANY = 60


@dataclass(slots=True)
class Wire:
    """A repository whose commands reach the local cloud through a proxy that fails."""

    repository: Repository
    proxy: Proxy
    variables: dict[str, str]
    word: str = "Hello"

    def run(self, *words: str) -> Ran:
        return self.repository.run(*words, **self.variables)

    def must(self, *words: str) -> str:
        ran = self.run(*words)
        assert ran.code == 0, f"{words}: {ran.out}{ran.err}"
        return ran.out

    def change(self, word: str) -> None:
        self.repository.edit("lambdas/hello/handler.py", f'"en": "{self.word}"', f'"en": "{word}"')
        self.word = word

    def start(self, *words: str) -> subprocess.Popen[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        environment |= {"PYTHONPATH": str(ROOT / "generator"), **self.variables}
        return subprocess.Popen(
            [sys.executable, "-m", "gatewright", *words],
            cwd=self.repository.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill_at(self, place: int, moment: Fault, *words: str) -> bool:
        """Kill a command at its `place`-th write. False when it makes fewer: then it has ended by itself."""
        self.proxy.arm(place, moment)
        process = self.start(*words)
        while process.poll() is None and not self.proxy.reached.wait(0.02):
            pass
        was_killed = process.poll() is None
        process.kill()
        process.communicate()
        self.proxy.released.set()
        self.proxy.arm(-1, None)
        return was_killed

    def release(self, stage: str) -> str:
        status, answer = call(f"{self.url(stage)}/hello?foo=x", TOKEN)
        assert status == 200
        return str(answer["release"])

    def greeting(self, stage: str) -> str:
        return str(call(f"{self.url(stage)}/hello?foo=x", TOKEN)[1]["message"].partition(",")[0])

    def url(self, stage: str) -> str:
        found = re.search(rf"{stage} +release.*\n +(http\S+)", self.must("status"))
        assert found
        return found[1]


@pytest.fixture
def wire(repository: Repository) -> Iterator[Wire]:
    repository.gatewright("local", "start", "--port", "0")
    lines = [line.removeprefix("export ") for line in repository.gatewright("local", "env").splitlines()]
    known = {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}
    proxy = Proxy(known.pop("AWS_ENDPOINT_URL"))
    made = Wire(repository, proxy, {**known, "GATEWRIGHT_ENDPOINT_URL": proxy.url})
    made.must("deploy")
    yield made
    proxy.shutdown()
    proxy.server_close()


@pytest.mark.parametrize("fault", [throttle, fail, lose_reply])
def test_a_call_that_fails_once_is_made_again(wire: Wire, fault: Fault) -> None:
    wire.change("Howdy")
    wire.must("deploy")
    for place in (0, 3, 6):
        wire.proxy.arm(place, fault, writes=False)
        wire.must("promote")
        assert wire.proxy.seen > place
        wire.proxy.arm(-1, None)
        assert wire.release("PROD") == "2"
        wire.must("rollback")
        assert wire.release("PROD") == "1"


def test_two_deploys_at_once_one_wins(wire: Wire) -> None:
    wire.change("Howdy")
    place = writes_until_execute(wire)
    wire.change("Hey")
    wire.proxy.arm(place, hold_before)
    first = wire.start("deploy")
    assert wire.proxy.reached.wait(60)
    second = wire.start("deploy")
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 0, said
    wire.proxy.released.set()
    said, _ = first.communicate(timeout=60)
    assert first.returncode == 1
    assert "somebody else deployed" in said
    assert (wire.greeting("TEST"), wire.greeting("PROD")) == ("Hey", "Hello")
    assert "unchanged" in wire.must("deploy")


def writes_until_execute(wire: Wire) -> int:
    """At which of its writes a deploy executes its change set."""
    places: list[int] = []
    counted = wire.proxy.is_struck

    def note(handler: object, body: bytes) -> bool:
        struck = counted(handler, body)  # type: ignore[arg-type]
        if b"Action=ExecuteChangeSet" in body:
            places.append(wire.proxy.seen - 1)
        return struck

    wire.proxy.arm(-1, None)
    wire.proxy.is_struck = note  # type: ignore[method-assign]
    wire.must("deploy")
    wire.proxy.is_struck = counted  # type: ignore[method-assign]
    return places[0]


@pytest.mark.slow
@pytest.mark.parametrize("moment", [die_before, die_after])
def test_promote_killed_at_every_write(wire: Wire, moment: Fault) -> None:
    wire.change("Howdy")
    wire.must("deploy")
    for place in range(MANY):
        was_killed = wire.kill_at(place, moment, "promote")
        wire.must("promote")
        assert (wire.release("PROD"), wire.greeting("PROD")) == ("2", "Howdy")
        wire.must("rollback")
        assert (wire.release("PROD"), wire.greeting("PROD")) == ("1", "Hello")
        if not was_killed:
            assert place > 1
            return
    pytest.fail("a promotion makes no end of writes")


@pytest.mark.slow
@pytest.mark.parametrize("moment", [die_before, die_after])
def test_deploy_killed_at_every_write(wire: Wire, moment: Fault) -> None:
    for place in range(MANY):
        wire.change(f"Howdy{place}")
        was_killed = wire.kill_at(place, moment, "deploy")
        wire.must("deploy")
        assert (wire.greeting("TEST"), wire.greeting("PROD")) == (f"Howdy{place}", "Hello")
        assert wire.release("PROD") == "1"
        if not was_killed:
            assert place > 2
            wire.must("promote")
            assert wire.greeting("PROD") == f"Howdy{place}"
            wire.must("rollback")
            assert wire.greeting("PROD") == "Hello"
            return
    pytest.fail("a deploy makes no end of writes")


@pytest.mark.slow
@pytest.mark.parametrize("moment", [die_before, die_after])
def test_prune_killed_at_every_write(wire: Wire, moment: Fault) -> None:
    for place in range(MANY):
        for step in range(2):
            wire.change(f"Howdy{place}x{step}")
            wire.must("deploy")
        was_killed = wire.kill_at(place, moment, "prune", "--keep", "1")
        wire.must("prune", "--keep", "1")
        assert (wire.greeting("TEST"), wire.greeting("PROD")) == (f"Howdy{place}x1", "Hello")
        listed = re.findall(r"^ +(\d+)  20", wire.must("releases"), re.MULTILINE)
        assert listed == ["1", wire.release("TEST")]
        if not was_killed:
            assert place > 3
            return
    pytest.fail("a prune makes no end of writes")
