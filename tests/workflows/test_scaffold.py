"""scaffold: a handler for what has none, types that mypy holds handlers to, and the functions that nobody uses."""

from __future__ import annotations

import io
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from gatewright import project
from gatewright.terminal import Console
from gatewright.workflows import create, scaffold

MORE = """
  /orders/{id}:
    parameters:
      - {name: id, in: path, required: true, type: string}
    get:
      operationId: getOrder
      summary: 'Look at "an" order\\'
      responses: {"200": {description: The order., schema: {$ref: "#/definitions/Order"}}}
      x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: "${lambda:orders}"}
    delete:
      responses: {"204": {description: Gone.}}
      x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: "${lambda:orders}"}
    put:
      responses: {"200": {description: Kept.}}

definitions:
  Order:
    type: object
    required: [id]
    properties:
      id: {type: string}
      lines: {type: array, items: {type: object, properties: {sku-number: {type: integer}}}}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    create.init(tmp_path / "demo", Console(io.StringIO()))
    document = tmp_path / "demo/spec/hello/swagger.yaml"
    document.write_text(document.read_text().replace("\ndefinitions:\n", MORE), encoding="utf-8")
    return tmp_path / "demo"


def run(repository: Path) -> str:
    console = Console(io.StringIO())
    made = project.load(repository)
    scaffold.scaffold(made, made.api("hello"), console)
    scaffold.show_unused(project.load(repository), console)
    stream = console.stream
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


def answer(repository: Path, method: str, resource: str) -> tuple[int, str]:
    """Call the handler as Lambda does, in a process of its own."""
    event = {"httpMethod": method, "resource": resource}
    code = f"import handler; reply = handler.handler({event!r}, None); print(reply['statusCode'], reply['body'])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository / "lambdas/orders", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    status, _, body = done.stdout.strip().partition(" ")
    return int(status), body


def test_operations_without_a_handler_get_one(repository: Path) -> None:
    said = run(repository)
    assert "PUT /orders/{id} has no integration" in said
    assert "wrote        lambdas/orders/operations/get_order.py" in said
    assert answer(repository, "GET", "/orders/{id}") == (501, '{"message": "GET /orders/{id} is not written yet"}')
    assert answer(repository, "DELETE", "/orders/{id}")[0] == 501
    assert "lambdas/hello" not in said


def test_existing_code_is_never_written_over(repository: Path) -> None:
    run(repository)
    own = repository / "lambdas/orders/operations/get_order.py"
    own.write_text("def answer(event): return {'statusCode': 200, 'body': 'mine'}\n")
    hello = (repository / "lambdas/hello/handler.py").read_text()
    assert "wrote" not in run(repository)
    assert answer(repository, "GET", "/orders/{id}") == (200, "mine")
    assert (repository / "lambdas/hello/handler.py").read_text() == hello
    # An operation that comes later gets its module, and the handler's owner is told.
    document = repository / "spec/hello/swagger.yaml"
    document.write_text(document.read_text().replace("    delete:\n", "    patch:\n      operationId: mendOrder\n"))
    said = run(repository)
    assert "wrote        lambdas/orders/operations/mend_order.py" in said
    assert 'handler.py is yours: add ("PATCH", "/orders/{id}"): mend_order.answer' in said


def test_unused_functions_are_named(repository: Path) -> None:
    (repository / "lambdas/left-over").mkdir()
    assert run(repository).count("no document calls the function") == 1
    assert "no document calls the function left-over (lambdas/left-over)" in run(repository)


def test_mypy_catches_a_handler_that_no_longer_fits(repository: Path) -> None:
    run(repository)
    own = repository / "lambdas/orders/operations/get_order.py"
    own.write_text(own.read_text().replace("    return {", '    print(event["pathParameters"]["id"])\n    return {'))
    assert mypy(repository, "orders") == (0, "")
    document = repository / "spec/hello/swagger.yaml"
    document.write_text(document.read_text().replace("{id}", "{number}").replace("name: id,", "name: number,"))
    run(repository)
    code, said = mypy(repository, "orders")
    assert code == 1
    assert '"GetOrderPath" has no key "id"' in said


def mypy(repository: Path, function: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", f"lambdas/{function}/"],
        cwd=repository,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


def test_types_can_be_imported(repository: Path) -> None:
    run(repository)
    names = runpy.run_path(str(repository / "build/types/hello_types.py"))
    assert names["GetOrder200"] == "Order"
    assert set(names["OrderLinesItem"].__annotations__) == {"sku-number"}
