"""validate and explain as somebody types them: what is looked at, how it is told, and how the command ends."""

from __future__ import annotations

import io
import json
import threading
import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from gatewright.apigateway.importer import import_document
from gatewright.cli import cli
from gatewright.errors import FindingsError, GatewrightError, UsageError
from gatewright.findings import Severity
from gatewright.project import load
from gatewright.reports.json import SCHEMA
from gatewright.terminal import Console
from gatewright.workflows import check, explain, validate

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENT = """swagger: "2.0"
info: {title: cats, version: "1"}
paths:
  /cats:
    get:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: "200"}}
"""
ONE_OF_EACH = DOCUMENT.replace("version: ", "x: ").replace(
    "    get:\n", "    get:\n      deprecated: true\n      x-amazon-apigateway-request-validator: all\n"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "spec" / "cats").mkdir(parents=True)
    (tmp_path / "spec" / "cats" / "swagger.yaml").write_text(DOCUMENT, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.gatewright]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    """Exit code and output; a user's mistake as the code that it ends with."""
    done = CliRunner().invoke(cli, ["validate", *words])
    if isinstance(done.exception, GatewrightError):
        return done.exception.exit_code, f"{done.exception.message} {done.exception.hint}"
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def found(*words: str) -> list[tuple[str, str]]:
    _, output = run(*words, "--format", "json")
    return [(each["severity"], each["code"]) for each in json.loads(output)["findings"]]


def test_fine_project_says_so(project: Path) -> None:
    assert run() == (0, "validated    spec/cats/swagger.yaml (0 errors, 0 warnings)\n")


def test_each_severity_shows_its_place(project: Path, golden: Callable[[Path, str], None]) -> None:
    write(project, "spec/cats/swagger.yaml", ONE_OF_EACH)
    code, output = run("cats")
    assert code == 1
    golden(ROOT / "tests" / "golden" / "validate" / "one_of_each.txt", output)


@pytest.mark.parametrize(("least", "expected"), [("error", 0), ("dropped", 1), ("warning", 1)])
def test_fail_on_takes_what_is_worse_too(project: Path, least: str, expected: int) -> None:
    write(project, "spec/cats/swagger.yaml", DOCUMENT.replace("get:\n", "get:\n      deprecated: true\n"))
    assert run("--fail-on", least)[0] == expected


def test_file_outside_of_any_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path, "any.yaml", DOCUMENT.replace("paths:", "basePath: /v1\npaths:"))
    assert found("any.yaml") == found(str(path)) == [("dropped", "BASE-001")]


def test_what_is_nothing_is_a_mistake_of_use(project: Path) -> None:
    assert run("dogs")[0] == 2
    assert run("--format", "html")[0] == 2


def test_no_project_and_no_name_is_a_mistake_of_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run()[0] == 2


def test_unreadable_files_are_findings(project: Path) -> None:
    (project / "loop.yaml").symlink_to("loop.yaml")
    write(project, "empty.yaml", "")
    (project / "bytes.yaml").write_bytes(b"swagger: \xff")
    for name in ("loop.yaml", "empty.yaml", "bytes.yaml", "spec"):
        assert found(name) == [("error", "DOC-001")], name


@pytest.mark.parametrize(("level", "expected"), [("off", []), ("error", [("error", "DOC-010")])])
def test_settings_change_a_rule(project: Path, level: str, expected: list[tuple[str, str]]) -> None:
    write(project, "spec/cats/swagger.yaml", DOCUMENT.replace("get:\n", "get:\n      deprecated: true\n"))
    write(project, "pyproject.toml", f'[tool.gatewright.rules]\nDOC-010 = "{level}"\n')
    assert found() == expected


@pytest.mark.parametrize("setting", ['DOC-999 = "off"', 'DOC-010 = "loud"'])
def test_wrong_settings_are_named(project: Path, setting: str) -> None:
    write(project, "pyproject.toml", f"[tool.gatewright.rules]\n{setting}\n")
    code, output = run()
    assert code == 2
    assert setting.split(" ")[0] in output


def test_quiet_rules_speak_when_asked(project: Path) -> None:
    assert ("warning", "PATH-021") not in found()
    assert ("warning", "PATH-021") in found("--profile", "strict")
    write(project, "pyproject.toml", '[tool.gatewright.rules]\nPATH-021 = "warning"\n')
    assert found() == [("warning", "PATH-021")]


def test_strict_profile_says_what_openapi_says(project: Path) -> None:
    write(project, "spec/cats/swagger.yaml", DOCUMENT.replace("  /cats:", "  x: 1\n  /cats:"))
    assert "STR-002" in [code for _, code in found("--profile", "strict")]


def test_silence_with_a_reason(project: Path) -> None:
    line = "      deprecated: true  # gatewright: ignore DOC-010 -- readers see it in the description\n"
    write(project, "spec/cats/swagger.yaml", DOCUMENT.replace("get:\n", "get:\n" + line))
    assert run("--fail-on", "warning")[0] == 0


def test_function_that_nobody_names(project: Path) -> None:
    write(project, "lambdas/old/handler.py", "")
    assert found() == [("warning", "PRJ-001")]
    assert found("cats") == []


def test_variables_that_no_stage_sets(project: Path) -> None:
    uri = "{type: http_proxy, httpMethod: GET, uri: 'https://${stageVariables.host}/'}"
    text = DOCUMENT.split("        type: mock")[0].rstrip() + f" {uri}\n"
    write(project, "spec/cats/swagger.yaml", text)
    assert found() == [("warning", "VAR-001")]
    write(project, "pyproject.toml", '[tool.gatewright.stages.TEST]\nvariables = { host = "example.com" }\n')
    assert found() == []


def test_github_and_sarif_and_junit_name_the_place(project: Path) -> None:
    write(project, "spec/cats/swagger.yaml", ONE_OF_EACH)
    assert "::error file=spec/cats/swagger.yaml,line=7," in run("--format", "github")[1]
    results = json.loads(run("--format", "sarif")[1])["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == {"VAL-001", "DOC-010", "DOC-005"}
    suite = xml.fromstring(run("--format", "junit")[1]).find("testsuite")
    assert suite is not None
    assert suite.attrib["failures"] == "1"


def test_syntax_error_shows_its_line(project: Path) -> None:
    write(project, "spec/cats/swagger.yaml", 'swagger: "2.0"\npaths:\n  /a: b: c\n')
    write(project, "other.yaml", "a: [b\n}\n")
    for words in ((), ("spec/cats/swagger.yaml",)):
        code, output = run(*words)
        assert code == 1
        assert "\n  3 |   /a: b: c\n" in output
    assert "\n  2 | }\n" in run("other.yaml")[1]


def test_json_is_as_its_schema_says(project: Path) -> None:
    write(project, "spec/cats/swagger.yaml", ONE_OF_EACH)
    Draft202012Validator(SCHEMA).validate(json.loads(run("--format", "json")[1]))


MODELS = """definitions:
  Cat:
    type: object
    required: [name]
    properties:
      name: {type: string, example: Tom}
      age: {type: number, minimum: 0, exclusiveMinimum: true}
"""


def test_what_validate_lets_pass_is_lowered_for_the_import(project: Path) -> None:
    path = write(project, "spec/cats/swagger.yaml", DOCUMENT + MODELS)
    assert found() == [("dropped", "MODEL-004"), ("dropped", "MODEL-009")]
    assert found(str(project / "spec" / "cats" / "swagger.yaml")) == found()
    api = load(project).api("cats")
    checked = check.check(load(project), api)
    made = import_document(checked.body, api_id="a", region="eu-west-1", account="123456789012")
    assert [remark for remark in made.remarks if remark.level in ("error", "warning")] == []
    stream = io.StringIO()
    check.show_lowered(checked, Console(stream))
    line = len(path.read_text(encoding="utf-8").splitlines())
    assert stream.getvalue().split("\n")[1].strip() == (
        f"spec/cats/swagger.yaml:{line}:57: not enforced by API Gateway: that 0 itself is excluded"
    )


def test_somebody_elses_document_is_judged_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "any.yaml", DOCUMENT + MODELS)
    assert found("any.yaml") == [("error", "MODEL-004"), ("error", "MODEL-009")]


def test_loss_of_security_is_never_lowered(project: Path) -> None:
    oauth = "securityDefinitions: {users: {type: oauth2, flow: implicit, authorizationUrl: 'https://a', scopes: {}}}\n"
    text = DOCUMENT.replace("get:\n", "get:\n      security: [{users: []}]\n") + oauth
    write(project, "spec/cats/swagger.yaml", text)
    assert run()[0] == 1
    assert "GET /cats IS OPEN TO EVERYBODY" in run()[1]


def test_watch_looks_again_at_a_save(project: Path) -> None:
    runs = validate.watch(("cats",), project, "gateway", Console())
    assert not next(runs).fails(Severity.WARNING)
    seen = threading.Event()

    def save() -> None:
        """The watcher may not be there yet at the first save."""
        changed = DOCUMENT.replace("get:\n", "get:\n      deprecated: true\n")
        for number in range(300):
            write(project, "new.yaml", f"{changed}# {number}\n").replace(project / "spec" / "cats" / "swagger.yaml")
            if seen.wait(0.1):
                return

    saving = threading.Thread(target=save)
    saving.start()
    try:
        assert [finding.code for finding in next(runs).findings] == ["DOC-010"]
    finally:
        seen.set()
        saving.join()


def test_explain_shows_everything() -> None:
    text = explain.explained("doc-010")
    for part in ("DOC-010 (dropped)", "deprecated: true", "Developer Guide"):
        assert part in text


def test_explain_knows_where_else() -> None:
    assert "413" in explain.explained("LIM-004")


def test_explain_names_what_is_near() -> None:
    with pytest.raises(UsageError) as raised:
        explain.explained("DOC-999")
    assert "DOC-010" in raised.value.hint


def test_every_code_can_be_explained() -> None:
    for line in explain.listed().splitlines():
        assert explain.explained(line.split()[0])


def test_build_of_a_broken_document_stops_where_it_is_broken(project: Path) -> None:
    write(project, "spec/cats/swagger.yaml", ONE_OF_EACH)
    stream = io.StringIO()
    with pytest.raises(FindingsError):
        check.require(load(project), load(project).api("cats"), Console(stream))
    lines = stream.getvalue().splitlines()
    assert "spec/cats/swagger.yaml:7:46: error VAL-001" in lines
    assert lines[-1] == "validated    spec/cats/swagger.yaml (1 error, 1 dropped, 1 warning)"


def test_schema_of_the_report_is_in_step(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "tests" / "golden" / "validate" / "report.schema.json", json.dumps(SCHEMA, indent=2) + "\n")


def test_rules_page_is_in_step(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "rules.md", explain.rules_page())
