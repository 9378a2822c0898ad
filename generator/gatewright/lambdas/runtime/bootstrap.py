"""The process of a function: Lambda's Python runtime, spoken over the Runtime API. Run as a script, never imported.

In: Lambda's environment variables, and as arguments the liveness pipe, extra import folders and the folder of boto3.
Out: answers posted to the Runtime API. Standard library only, and little of it: this is the cold start.
"""

from __future__ import annotations

import _thread
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Any

API = "/2018-06-01/runtime"
# What Lambda's Python runtimes bring along; nothing else of this environment may be importable.
PROVIDED = frozenset({"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"})
HANGING_UP = b""
# Below the 128 kB from which malloc asks the kernel anew, each time: that took a third of an invocation.
CHUNK = 65536


class Fault(Exception):
    """A failure that the runtime itself words, with its errorType."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Provided:
    """Finds the packages Lambda provides, after everything the function brought."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> Any:
        if path is None and name in PROVIDED:
            from importlib.machinery import PathFinder

            return PathFinder.find_spec(name, [self.folder], target)
        return None


class Connection:
    """One kept-open HTTP connection to the Runtime API."""

    def __init__(self, address: str) -> None:
        host_and_port, _, prefix = address.partition("/")
        host, _, port = host_and_port.partition(":")
        self.prefix = f"/{prefix}{API}" if prefix else API
        self.head_end = f" HTTP/1.1\r\nHost: {host_and_port}\r\n"
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ask = f"GET {self.prefix}/invocation/next{self.head_end}\r\n".encode()
        self.left = b""

    def post(self, path: str, body: bytes, headers: str = "", then: bytes = b"") -> None:
        """Send a POST and, in the same packet, the request `then` that follows it."""
        head = f"POST {self.prefix}{path}{self.head_end}{headers}Content-Length: {len(body)}\r\n\r\n"
        self.socket.sendall(head.encode() + body + then)

    def reply(self) -> tuple[dict[bytes, bytes], bytes]:
        """Headers (lower case) and body of the next reply. Ends the process when the other side hangs up."""
        data = self.left
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self.receive()
        headers = {}
        for line in data[:end].split(b"\r\n")[1:]:
            name, _, value = line.partition(b": ")
            headers[name.lower()] = value
        length = int(headers.get(b"content-length", b"0"))
        pieces, have = [data[end + 4 :]], len(data) - end - 4
        while have < length:
            pieces.append(self.receive())
            have += len(pieces[-1])
        rest = b"".join(pieces) if len(pieces) > 1 else pieces[0]
        self.left = rest[length:]
        return headers, rest[:length]

    def receive(self) -> bytes:
        data = self.socket.recv(CHUNK)
        if data == HANGING_UP:
            os._exit(0)
        return data


class Identity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Context:
    """The handler's second argument, with the names of Lambda's Python runtime."""

    def __init__(self, headers: dict[bytes, bytes]) -> None:
        self.aws_request_id = headers[b"lambda-runtime-aws-request-id"].decode()
        self.invoked_function_arn = headers[b"lambda-runtime-invoked-function-arn"].decode()
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = Identity()
        self.client_context = None
        if b"lambda-runtime-client-context" in headers:
            self.client_context = json.loads(headers[b"lambda-runtime-client-context"])
        self._deadline = int(headers[b"lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self) -> int:
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message: object) -> None:
        sys.stdout.write(str(message))


class LogHandler(logging.Handler):
    """The root logger's handler: Lambda's line format, with the id of the running request."""

    request_id = ""

    def emit(self, record: logging.LogRecord) -> None:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        text = self.format(record)
        sys.stdout.write(f"[{record.levelname}]\t{moment}.{int(record.msecs):03d}Z\t{self.request_id}\t{text}\n")


def watch(liveness: int) -> None:
    """End this process and all it started as soon as the server is gone, even in the middle of a handler."""
    try:
        os.read(liveness, 1)
    finally:
        os.killpg(0, signal.SIGKILL)


def load_handler(name: str) -> Callable[[Any, Any], Any]:
    """Import the handler. Fault in the words of Lambda's runtime; what the module itself raises passes through."""
    from importlib import import_module

    module_name, dot, function = name.rpartition(".")
    if not dot:
        raise Fault(
            "Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        )
    try:
        module = import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}") from error
    try:
        handler: Callable[[Any, Any], Any] = getattr(module, function)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module_name}'") from None
    return handler


def describe(error: BaseException, request_id: str, trace: TracebackType | None) -> tuple[bytes, str]:
    """The error as JSON, in the shape of Lambda's Python runtime, and its type. Also logs it, as that runtime does."""
    import traceback

    kind = error.kind if isinstance(error, Fault) else type(error).__name__
    stack = [] if isinstance(error, Fault) else traceback.format_list(traceback.extract_tb(trace))
    lines = [f"[ERROR] {kind}: {error}"]
    if stack:
        lines += ["Traceback (most recent call last):", *"".join(stack).rstrip("\n").split("\n")]
    sys.stdout.write("\n".join(lines) + "\n")
    shape = {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": stack}
    return json.dumps(shape).encode(), kind


def plain(value: object) -> float:
    """What json cannot write: decimals become floats, as in Lambda's runtime; the rest is refused."""
    from decimal import Decimal

    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


class Memory:
    """This process's peak memory, as a header. The peak since exec: getrusage would count the parent's, too."""

    def __init__(self) -> None:
        try:
            self.status = os.open("/proc/self/status", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self.status = -1

    def header(self) -> str:
        if self.status < 0:
            import resource

            return f"Gatewright-Peak-Kb: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}\r\n"
        text = os.pread(self.status, 4096, 0)
        start = text.find(b"VmHWM:") + 6
        return f"Gatewright-Peak-Kb: {int(text[start : text.find(b'kB', start)])}\r\n"


def serve(connection: Connection, handler: Callable[[Any, Any], Any], log: LogHandler) -> None:
    """Take one invocation after the other, for ever."""
    memory = Memory()
    # Runtimes from Python 3.12 on answer with UTF-8, earlier ones with \u escapes.
    minor = int(os.environ["AWS_EXECUTION_ENV"].rpartition(".")[2])
    encode = json.JSONEncoder(ensure_ascii=minor < 12, default=plain).encode
    connection.socket.sendall(connection.ask)
    while True:
        headers, body = connection.reply()
        context = Context(headers)
        request_id = log.request_id = context.aws_request_id
        if b"lambda-runtime-trace-id" in headers:
            os.environ["_X_AMZN_TRACE_ID"] = headers[b"lambda-runtime-trace-id"].decode()
        try:
            answer = handler(json.loads(body), context)
            try:
                result = encode(answer).encode()
            except Exception as error:
                raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error
            path, kind = f"/invocation/{request_id}/response", ""
        except Exception as error:
            trace = error.__traceback__.tb_next if error.__traceback__ else None
            result, name = describe(error, request_id, trace)
            path, kind = f"/invocation/{request_id}/error", f"Lambda-Runtime-Function-Error-Type: {name}\r\n"
        sys.stdout.flush()
        sys.stderr.flush()
        connection.post(path, result, kind + memory.header(), connection.ask)
        connection.reply()


def main(liveness: int, folders: list[str], provided: str) -> None:
    _thread.start_new_thread(watch, (liveness,))
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    sys.path[:0] = folders
    if provided:
        sys.meta_path.append(Provided(provided))
    log = LogHandler()
    logging.getLogger().addHandler(log)
    connection = Connection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as error:
        # The first frames are this file's and importlib's.
        trace = error.__traceback__
        while trace and ("importlib" in trace.tb_frame.f_code.co_filename or trace.tb_frame.f_globals is globals()):
            trace = trace.tb_next
        shape, kind = describe(error, "", trace)
        sys.stderr.flush()
        connection.post("/init/error", shape, f"Lambda-Runtime-Function-Error-Type: {kind}\r\n")
        connection.reply()
        raise SystemExit(1) from None
    serve(connection, handler, log)


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3])
