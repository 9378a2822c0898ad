"""Function processes: what handlers see, what they log, and every way in which they can end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gatewright.lambdas.runtime import output
from gatewright.lambdas.runtime.api import RuntimeApi
from gatewright.lambdas.runtime.invocation import PAYLOAD_LIMIT, Invocation, Program
from gatewright.lambdas.runtime.pool import Pool

Make = Callable[..., Pool]
DEFAULTS = {"name": "hello", "version": "7", "handler": "handler.handler", "log_group": "/aws/lambda/hello"}
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """Make pools of a handler's source text; all of them end with the test."""
    api = RuntimeApi()
    await api.start()
    pools: list[Pool] = []

    def pool(source: str, *, files: Mapping[str, str] | None = None, **settings: Any) -> Pool:
        root = tmp_path / f"task{len(pools)}"
        root.mkdir()
        for name, text in {"handler.py": source, **(files or {})}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        extra = {key: settings.pop(key) for key in ("limit", "credentials", "finished") if key in settings}
        program = Program(**DEFAULTS | {"root": root} | settings)
        pools.append(Pool(program, api, **extra))
        return pools[-1]

    yield pool
    await asyncio.gather(*(one.close() for one in pools))
    await api.close()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never happened")


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie has: a container without an init keeps those of orphans)."""
    if not Path("/proc/self").exists():
        return subprocess.run(["/bin/ps", "-p", str(pid)], stdout=subprocess.DEVNULL, check=False).returncode != 0
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def said(result: Invocation) -> list[str]:
    """The log between START and END."""
    lines = list(result.log_lines)
    return lines[lines.index(next(line for line in lines if line.startswith("START"))) + 1 : -2]


async def test_an_event_goes_in_and_a_result_comes_out(make: Make) -> None:
    pool = make("def handler(event, context):\n    print('got', event['a'])\n    return {'b': [event['a'], 'ü']}\n")
    result = await pool.invoke(b'{"a": 1}', request_id="id-1")
    assert json.loads(result.payload) == {"b": [1, "ü"]}
    assert result.error is None
    assert result.log_lines[:3] == ("START RequestId: id-1 Version: 7", "got 1", "END RequestId: id-1")
    assert re.fullmatch(
        r"REPORT RequestId: id-1\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\t"
        r"Max Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t",
        result.log_lines[3],
    )
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[7\][0-9a-f]{32}", result.log_stream)
    again = await pool.invoke(b'{"a": 2}')
    assert again.init_duration is None
    assert "Init Duration" not in again.log_lines[-1]
    assert again.log_stream == result.log_stream
    assert 0 < result.memory_used < 128


async def test_the_context_and_the_environment(make: Make) -> None:
    source = """
import os, sys
def handler(event, context):
    names = ("aws_request_id function_name function_version invoked_function_arn memory_limit_in_mb "
             "log_group_name log_stream_name").split()
    seen = {name: getattr(context, name) for name in names}
    left = context.get_remaining_time_in_millis()
    return {"context": seen, "left": left, "env": dict(os.environ), "cwd": os.getcwd(), "path": sys.path[0],
            "client": context.client_context, "cognito": context.identity.cognito_identity_id}
"""

    async def credentials() -> Mapping[str, str]:
        return {"AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SESSION_TOKEN": "T", "OTHER": "x"}

    pool = make(
        source,
        credentials=credentials,
        environment={"TABLE": "orders", "AWS_REGION": "mine"},
        endpoint="http://127.0.0.1:1",
        region="eu-west-1",
        memory=256,
        timeout=9,
        runtime="python3.13",
    )
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:hello:PROD"
    result = await pool.invoke(
        b"{}", request_id="id-2", arn=arn, trace="Root=1-2-3;Sampled=0", client_context='{"a":1}'
    )
    seen = json.loads(result.payload)
    root = str(pool.program.root)
    assert seen["context"] == {
        "aws_request_id": "id-2",
        "function_name": "hello",
        "function_version": "7",
        "invoked_function_arn": arn,
        "memory_limit_in_mb": "256",
        "log_group_name": "/aws/lambda/hello",
        "log_stream_name": result.log_stream,
    }
    assert 0 < seen["left"] <= 9000
    assert (seen["cwd"], seen["path"], seen["client"], seen["cognito"]) == (root, root, {"a": 1}, None)
    assert seen["env"].pop("AWS_LAMBDA_RUNTIME_API").startswith("127.0.0.1:")
    assert seen["env"].pop("LAMBDA_RUNTIME_DIR")
    # Nothing of this process's own environment comes along.
    assert {name: text for name, text in seen["env"].items() if not name.startswith("LC_")} == {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "TABLE": "orders",
        "_HANDLER": "handler.handler",
        "_X_AMZN_TRACE_ID": "Root=1-2-3;Sampled=0",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": "hello",
        "AWS_LAMBDA_FUNCTION_VERSION": "7",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/hello",
        "AWS_LAMBDA_LOG_STREAM_NAME": result.log_stream,
        "LAMBDA_TASK_ROOT": root,
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "K",
        "AWS_SECRET_ACCESS_KEY": "S",
        "AWS_SESSION_TOKEN": "T",
    }
    assert "XRAY TraceId: 1-2-3" in result.log_lines[-1]


async def test_only_what_lambda_has_can_be_imported(make: Make, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "bought.py").write_text("NAME = 'here'\n")
    source = """
import importlib
def handler(event, context):
    found = {}
    for name in event:
        try:
            found[name] = getattr(importlib.import_module(name), "NAME", True)
        except ImportError as error:
            found[name] = str(error)
    return found
"""
    pool = make(source, packages=(tmp_path / "site",), memory=512)
    result = await pool.invoke(b'["boto3", "click", "gatewright", "pytest", "bought", "sqlite3"]')
    assert json.loads(result.payload) == {
        "boto3": True,
        "click": "No module named 'click'",
        "gatewright": "No module named 'gatewright'",
        "pytest": "No module named 'pytest'",
        "bought": "here",
        "sqlite3": True,
    }


async def test_an_exception_has_lambdas_shape(make: Make) -> None:
    pool = make("def deep():\n    raise KeyError('x')\ndef handler(event, context):\n    deep()\n")
    result = await pool.invoke(b"{}", request_id="id-3")
    assert result.error == "Unhandled"
    error = json.loads(result.payload)
    path = pool.program.root / "handler.py"
    assert error == {
        "errorMessage": "'x'",
        "errorType": "KeyError",
        "requestId": "id-3",
        "stackTrace": [
            f'  File "{path}", line 4, in handler\n    deep()\n',
            f"  File \"{path}\", line 2, in deep\n    raise KeyError('x')\n",
        ],
    }
    assert said(result)[:2] == ["[ERROR] KeyError: 'x'", "Traceback (most recent call last):"]
    # The process lives on.
    assert (await pool.invoke(b"{}")).log_stream == result.log_stream


@pytest.mark.parametrize(
    ("source", "handler", "kind", "message"),
    [
        (
            "import nowhere",
            "handler.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'handler': No module",
        ),
        (
            "def f(:",
            "handler.handler",
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module 'handler': invalid syntax",
        ),
        ("x = 1", "handler.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'handler'"),
        ("x = 1", "handler", "Runtime.MalformedHandlerName", "Bad handler 'handler'"),
        ("raise ValueError('boom')", "handler.handler", "ValueError", "boom"),
        ("import sys; sys.exit(3)", "handler.handler", "Runtime.ExitError", "exit status 3"),
        ("import os; os.kill(os.getpid(), 11)", "handler.handler", "Runtime.ExitError", "signal: segmentation fault"),
    ],
)
async def test_a_function_that_cannot_start(make: Make, source: str, handler: str, kind: str, message: str) -> None:
    pool = make(f"print('loading')\n{source}\n", handler=handler)
    result = await pool.invoke(b"{}", request_id="id-4")
    error = json.loads(result.payload)
    assert (result.error, error["errorType"]) == ("Unhandled", kind)
    assert message in error["errorMessage"]
    assert "id-4" in result.payload.decode()
    if kind == "ValueError":
        assert error["stackTrace"] == [
            f'  File "{pool.program.root / "handler.py"}", line 2, in <module>\n    {source}\n'
        ]
    assert ("loading" in result.log_lines) == (
        kind not in ("Runtime.UserCodeSyntaxError", "Runtime.MalformedHandlerName")
    )
    # And again: each invocation tries anew.
    assert json.loads((await pool.invoke(b"{}")).payload)["errorType"] == kind


async def test_what_is_printed_while_loading_comes_before_start(make: Make) -> None:
    pool = make("print('loading')\ndef handler(event, context):\n    print('running')\n")
    first, second = await pool.invoke(b"{}"), await pool.invoke(b"{}")
    assert first.log_lines[0] == "loading"
    assert first.log_lines[1].startswith("START")
    assert said(first) == said(second) == ["running"]
    assert second.log_lines[0].startswith("START")


async def test_every_kind_of_output_is_in_the_log_in_order(make: Make) -> None:
    source = """
import logging, os, subprocess, sys
log = logging.getLogger("shop")
log.setLevel("INFO")
def handler(event, context):
    print("one")
    sys.stderr.write("two\\n")
    os.write(1, b"three\\n")
    subprocess.run(["/bin/sh", "-c", "echo four"])
    log.info("five")
    logging.getLogger().debug("never")
    print("six", end="")
"""
    lines = said(await make(source).invoke(b"{}", request_id="id-5"))
    assert lines[:4] == ["one", "two", "three", "four"]
    assert re.fullmatch(r"\[INFO\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\tid-5\tfive", lines[4])
    assert lines[5:] == ["six"]


async def test_an_endless_log_is_cut_and_said_to_be(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "LOG_LIMIT", 100_000)
    pool = make("def handler(event, context):\n    for i in range(event):\n        print('x' * 99)\n")
    lines = said(await pool.invoke(b"20000"))
    assert lines[-1].startswith("[the rest of this invocation's log is dropped")
    assert len(lines) < 3000
    assert said(await pool.invoke(b"2")) == ["x" * 99] * 2


@pytest.mark.parametrize("value", ["{1, 2}", "object()", "b'x'", "'\\ud800'"])
async def test_a_result_that_is_no_json(make: Make, value: str) -> None:
    error = json.loads((await make(f"def handler(event, context):\n    return {value}\n").invoke(b"{}")).payload)
    if value.startswith("'"):
        assert error["errorMessage"].startswith("Unable to marshal response: 'utf-8' codec can't encode")
    else:
        assert re.match(
            "Unable to marshal response: Object of type (set|object|bytes) is not JSON", error["errorMessage"]
        )
    assert error["errorType"] == "Runtime.MarshalError"


async def test_decimals_become_numbers_and_older_runtimes_escape(make: Make) -> None:
    source = "from decimal import Decimal\ndef handler(event, context):\n    return [Decimal('1.5'), 'ü']\n"
    assert (await make(source).invoke(b"{}")).payload == '[1.5, "ü"]'.encode()
    assert (await make(source, runtime="python3.11").invoke(b"{}")).payload == b'[1.5, "\\u00fc"]'


async def test_a_timeout_ends_the_process_and_the_next_call_gets_another(make: Make) -> None:
    source = """
import subprocess, time
def handler(event, context):
    if event:
        child = subprocess.Popen(["/bin/sleep", "60"])
        print(child.pid)
        time.sleep(60)
    return "fine"
"""
    pool = make(source, timeout=0.25)
    result = await pool.invoke(b"1", request_id="id-6")
    assert result.error == "Unhandled"
    assert json.loads(result.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: id-6 Error: Task timed out after 0.25 seconds",
    }
    child, line = said(result)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ id-6 Task timed out after 0\.25 seconds", line)
    assert "Duration: 250.00 ms" in result.log_lines[-1]
    assert result.log_lines[-1].endswith("\tStatus: timeout\t")
    await until(lambda: gone(int(child)))
    fine = await pool.invoke(b"0")
    assert (fine.payload, fine.error) == (b'"fine"', None)
    assert fine.log_stream != result.log_stream


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("os._exit(1)", "Runtime exited with error: exit status 1"),
        ("os._exit(0)", "Runtime exited without providing a reason"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
        ("sys.exit(4)", "Runtime exited with error: exit status 4"),
    ],
)
async def test_a_crash_in_the_middle(make: Make, code: str, message: str) -> None:
    pool = make(f"import os, sys\ndef handler(event, context):\n    print('last words')\n    {code}\n")
    result = await pool.invoke(b"{}", request_id="id-7")
    assert json.loads(result.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: id-7 Error: {message}",
    }
    assert said(result) == ["last words", f"RequestId: id-7 Error: {message}\tRuntime.ExitError"]
    assert result.log_lines[-1].endswith("\tStatus: error\tError Type: Runtime.ExitError\t")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("after", ["time.sleep(30)", "del held"])
async def test_more_memory_than_the_function_has(make: Make, after: str) -> None:
    source = f"import time\ndef handler(event, context):\n    held = b'x' * (event << 20)\n    {after}\n"
    pool = make(source, memory=128, timeout=20)
    if after == "del held":
        assert (await pool.invoke(b"20")).error is None
    result = await pool.invoke(b"200")
    assert json.loads(result.payload)["errorType"] == "Runtime.OutOfMemory"
    assert result.memory_used > 128


async def test_results_of_up_to_six_megabytes(make: Make) -> None:
    pool = make("def handler(event, context):\n    return 'x' * event\n")
    most = await pool.invoke(str(PAYLOAD_LIMIT - 2).encode())
    assert (len(most.payload), most.error) == (PAYLOAD_LIMIT, None)
    more = await pool.invoke(str(PAYLOAD_LIMIT - 1).encode())
    assert json.loads(more.payload) == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    }
    assert more.error == "Unhandled"
    assert (await pool.invoke(b"1")).payload == b'"x"'


async def test_a_large_event(make: Make) -> None:
    pool = make("def handler(event, context):\n    return len(event)\n")
    assert (await pool.invoke(json.dumps("y" * 5_000_000).encode())).payload == b"5000000"


async def test_one_invocation_at_a_time_in_each_process_and_never_more_than_the_limit(make: Make) -> None:
    source = """
import os, time
running = 0
def handler(event, context):
    global running
    running += 1
    time.sleep(0.05)
    seen, running = running, running - 1
    return [os.getpid(), seen]
"""
    pool = make(source, limit=3)
    results = await asyncio.gather(*(pool.invoke(b"{}") for _ in range(12)))
    answers = [json.loads(result.payload) for result in results]
    assert {running for _, running in answers} == {1}
    assert len({pid for pid, _ in answers}) == 3
    assert len(pool.workers) == 3


async def test_idle_processes_end(make: Make) -> None:
    pool = make("import os\ndef handler(event, context):\n    return os.getpid()\n")
    pid = int((await pool.invoke(b"{}")).payload)
    assert len(pool.workers) == 1
    pool.retire()
    await until(lambda: not pool.workers)
    assert gone(pid)
    assert int((await pool.invoke(b"{}")).payload) != pid


async def test_an_invocation_runs_on_when_nobody_waits_for_it(make: Make) -> None:
    heard: list[Invocation] = []
    source = "import time\ndef handler(event, context):\n    time.sleep(0.1)\n    print('done')\n"
    pool = make(source, finished=heard.append)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pool.invoke(b"{}", request_id="id-8"), 0.02)
    await until(lambda: bool(heard))
    assert (heard[0].request_id, said(heard[0])) == ("id-8", ["done"])


async def test_closing_ends_what_runs(make: Make) -> None:
    pool = make("import time\ndef handler(event, context):\n    time.sleep(60)\n", timeout=60, limit=1)
    running = [asyncio.ensure_future(pool.invoke(b"{}")) for _ in range(2)]
    await until(lambda: any(worker.state == "busy" for worker in pool.workers))
    await pool.close()
    assert json.loads((await running[0]).payload)["errorType"] == "Runtime.ExitError"
    with pytest.raises(ConnectionError):
        await running[1]
    with pytest.raises(RuntimeError):
        await pool.invoke(b"{}")


async def test_a_process_that_cannot_be_started_says_why(make: Make) -> None:
    async def refused() -> Mapping[str, str]:
        raise PermissionError("the role may not be assumed")

    pool = make("def handler(event, context): ...\n", credentials=refused)
    error = json.loads((await pool.invoke(b"{}")).payload)
    assert "the role may not be assumed" in error["errorMessage"]
    assert not pool.workers


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_the_server(tmp_path: Path, how: signal.Signals) -> None:
    """A server killed in the middle of an endless handler leaves no process behind, nor what the handler started."""
    (tmp_path / "handler.py").write_text(
        "import os, subprocess\ndef handler(event, context):\n"
        "    child = subprocess.Popen(['/bin/sleep', '60'])\n"
        "    open('pids', 'w').write(f'{os.getpid()} {child.pid}')\n    os.rename('pids', 'pids.ready')\n"
        "    while True: pass\n"
    )
    server = (
        "import asyncio, sys\nfrom pathlib import Path\n"
        "from gatewright.lambdas.runtime.api import RuntimeApi\n"
        "from gatewright.lambdas.runtime.pool import Pool\n"
        "from gatewright.lambdas.runtime.invocation import Program\n"
        "async def main():\n    api = RuntimeApi()\n    await api.start()\n"
        "    root = Path(sys.argv[1])\n"
        "    await Pool(Program('f', '1', root, 'handler.handler', timeout=60), api).invoke(b'0')\n"
        "asyncio.run(main())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "generator")}
    process = subprocess.Popen([sys.executable, "-c", server, str(tmp_path)], env=environment)
    ready = tmp_path / "pids.ready"
    asyncio.run(until(ready.exists))
    pids = [int(pid) for pid in ready.read_text().split()]
    assert not any(gone(pid) for pid in pids)
    process.send_signal(how)
    process.wait()
    asyncio.run(until(lambda: all(gone(pid) for pid in pids)))


def test_under_uvloop_too(tmp_path: Path) -> None:
    """The local cloud runs on uvloop, whose transports differ from asyncio's."""
    import uvloop

    source = (
        "import os, time\ndef handler(event, context):\n    print('seen', event)\n"
        "    return time.sleep(60) if event == 1 else os._exit(3) if event == 2 else event\n"
    )
    (tmp_path / "handler.py").write_text(source)

    async def main() -> list[Invocation]:
        api = RuntimeApi()
        await api.start()
        pool = Pool(Program("f", "1", tmp_path, "handler.handler", timeout=0.2), api)
        results = [await pool.invoke(event) for event in (b"0", b"1", b"2", b"3")]
        results += await asyncio.gather(*(pool.invoke(b"4") for _ in range(50)))
        await pool.close()
        await api.close()
        return results

    results = uvloop.run(main())
    errors = [json.loads(result.payload)["errorType"] if result.error else None for result in results]
    assert errors == [None, "Sandbox.Timedout", "Runtime.ExitError", *[None] * 51]
    assert [said(result)[0] for result in results] == ["seen 0", "seen 1", "seen 2", "seen 3", *["seen 4"] * 50]
    assert results[-1].duration > 0


async def test_a_function_sees_no_other_functions_runtime_api(make: Make) -> None:
    source = """
import os, urllib.request, urllib.error
def handler(event, context):
    host = os.environ["AWS_LAMBDA_RUNTIME_API"].split("/")[0]
    answers = []
    for path in ("/2018-06-01/runtime/invocation/next", "/" + "0" * 32 + "/2018-06-01/runtime/invocation/next"):
        try:
            urllib.request.urlopen(f"http://{host}{path}", timeout=5)
            answers.append(200)
        except urllib.error.HTTPError as error:
            answers.append(error.code)
    return answers
"""
    assert (await make(source, timeout=10).invoke(b"{}")).payload == b"[404, 404]"


async def test_credentials_are_asked_for_each_process(make: Make) -> None:
    asked: list[int] = []

    async def credentials() -> Mapping[str, str]:
        asked.append(1)
        return {"AWS_ACCESS_KEY_ID": f"K{len(asked)}"}

    source = """
import os
def handler(event, context):
    return os._exit(1) if event else os.environ["AWS_ACCESS_KEY_ID"]
"""
    pool = make(source, credentials=credentials)
    assert [(await pool.invoke(b"0")).payload for _ in range(2)] == [b'"K1"', b'"K1"']
    assert (await pool.invoke(b"1")).error == "Unhandled"
    assert (await pool.invoke(b"0")).payload == b'"K2"'
