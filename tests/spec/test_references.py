"""Bundling: relative references are followed inside the repository, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gatewright.errors import DocumentError
from gatewright.findings import Finding, Severity
from gatewright.spec.document import Document, parse, read
from gatewright.spec.limits import Limits

HEAD = "swagger: '2.0'\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "spec" / "hello").mkdir(parents=True)
    return tmp_path


def write(repository: Path, files: dict[str, str]) -> Document:
    """Write files below spec/hello and read swagger.yaml."""
    for name, text in files.items():
        path = repository / "spec" / "hello" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read(repository / "spec" / "hello" / "swagger.yaml")


def where(document: Document, pointer: str) -> tuple[str, int]:
    place = document.place(Finding("A-1", Severity.ERROR, "x", pointer)).location
    assert place is not None
    return Path(place.file).name, place.line


def codes(document: Document) -> list[str]:
    return [finding.code for finding in document.findings]


def test_a_schema_of_another_file_becomes_a_definition(repository: Path) -> None:
    document = write(
        repository,
        {
            "swagger.yaml": HEAD + "paths: {/a: {get: {schema: {$ref: './schemas/Pet.yaml'}}}}\n",
            "schemas/Pet.yaml": "type: object\nproperties:\n  owner: {$ref: 'Owner.yaml#/Person'}\n",
            "schemas/Owner.yaml": "Person:\n  type: object\n  properties:\n"
            "    pet: {$ref: Pet.yaml}\n    name: {type: string}\n",
        },
    )
    assert document.findings == ()
    assert document.data["paths"]["/a"]["get"]["schema"] == {"$ref": "#/definitions/Pet"}
    assert document.data["definitions"] == {
        "Pet": {"type": "object", "properties": {"owner": {"$ref": "#/definitions/Person"}}},
        "Person": {
            "type": "object",
            "properties": {"pet": {"$ref": "#/definitions/Pet"}, "name": {"type": "string"}},
        },
    }
    assert where(document, "/definitions/Person/properties/name/type") == ("Owner.yaml", 5)
    assert where(document, "/definitions/Pet/properties") == ("Pet.yaml", 2)
    assert where(document, "/paths/~1a") == ("swagger.yaml", 2)


def test_excerpts_come_from_the_right_file(repository: Path) -> None:
    document = write(
        repository,
        {"swagger.yaml": HEAD + "definitions: {Pet: {$ref: Pet.yaml}}\n", "Pet.yaml": "type: object\nx: no\n"},
    )
    (finding,) = document.findings
    assert finding.location is not None
    assert finding.code == "YAML-002"
    assert Path(finding.location.file).name == "Pet.yaml"
    assert document.excerpt(finding.location) == "x: no"


def test_a_definition_that_is_a_reference_keeps_its_name(repository: Path) -> None:
    document = write(
        repository,
        {
            "swagger.yaml": HEAD
            + "definitions:\n  Animal: {$ref: pet.yaml}\n  Zoo: {items: {$ref: ./pet.yaml}}\n"
            + "paths: {/a: {get: {schema: {$ref: 'pet.yaml#'}}}}\n",
            "pet.yaml": "type: object\nproperties: {next: {$ref: '#'}}\n",
        },
    )
    assert document.findings == ()
    assert document.data["definitions"] == {
        "Animal": {"type": "object", "properties": {"next": {"$ref": "#/definitions/Animal"}}},
        "Zoo": {"items": {"$ref": "#/definitions/Animal"}},
    }
    assert document.data["paths"]["/a"]["get"]["schema"] == {"$ref": "#/definitions/Animal"}


def test_openapi_schemas_live_in_components(repository: Path) -> None:
    document = write(
        repository,
        {
            "swagger.yaml": "openapi: 3.0.1\npaths: {/a: {get: {x: {schema: {$ref: ./my-pet.v1.json}}}}}\n",
            "my-pet.v1.json": '{"type": "object"}',
        },
    )
    assert document.data["components"] == {"schemas": {"mypet": {"type": "object"}}}


def test_paths_parameters_and_responses_are_put_in_place(repository: Path) -> None:
    document = write(
        repository,
        {
            "swagger.yaml": HEAD + "paths:\n  /a: {$ref: paths/a.yaml}\ndefinitions: {Pet: {type: object}}\n",
            "paths/a.yaml": "get:\n  parameters: [{$ref: ../shared.yaml#/parameters/id}]\n"
            "  responses: {200: {$ref: '../shared.yaml#/responses/ok'}}\n",
            "shared.yaml": "parameters: {id: {name: id, in: query}}\n"
            "responses:\n  ok:\n    schema: {$ref: 'swagger.yaml#/definitions/Pet'}\n",
        },
    )
    assert document.findings == ()
    assert document.data["paths"]["/a"]["get"] == {
        "parameters": [{"name": "id", "in": "query"}],
        "responses": {"200": {"schema": {"$ref": "#/definitions/Pet"}}},
    }
    assert where(document, "/paths/~1a/get/responses/200/schema/$ref") == ("shared.yaml", 4)
    assert where(document, "/paths/~1a/get/responses") == ("a.yaml", 3)


def test_names_do_not_collide(repository: Path) -> None:
    document = write(
        repository,
        {
            "swagger.yaml": HEAD
            + "definitions:\n  Pet: {type: string}\n"
            + "  A: {items: {$ref: a/Pet.yaml}}\n  B: {items: {$ref: b/Pet.yaml}}\n",
            "a/Pet.yaml": "title: a",
            "b/Pet.yaml": "title: b",
        },
    )
    assert document.data["definitions"] == {
        "Pet": {"type": "string"},
        "A": {"items": {"$ref": "#/definitions/Pet2"}},
        "B": {"items": {"$ref": "#/definitions/Pet3"}},
        "Pet2": {"title": "a"},
        "Pet3": {"title": "b"},
    }


def test_what_stands_next_to_a_reference_is_said_to_be_lost(repository: Path) -> None:
    document = write(
        repository,
        {"swagger.yaml": HEAD + "paths: {/a: {$ref: a.yaml, summary: x}}\n", "a.yaml": "get: {}"},
    )
    assert codes(document) == ["MODEL-021"]


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("https://example.com/pet.yaml", "not inside the repository"),
        ("http://169.254.169.254/latest/meta-data", "not inside the repository"),
        ("//example.com/pet.yaml", "not inside the repository"),
        ("file:///etc/passwd", "not inside the repository"),
        ("/etc/passwd", "not inside the repository"),
        ("../../../outside.yaml", "leaves the repository"),
        ("..%2F..%2F..%2Foutside.yaml", "leaves the repository"),
        ("link.yaml", "leaves the repository"),
        ("none.yaml", "does not exist"),
        ("folder", "is a folder"),
        ("loop.yaml", "back to itself"),
        ("broken.yaml", "cannot be read"),
        ("pet.yaml#/Nothing", "has nothing at #/Nothing"),
        ("pet.yaml#/list/7", "has nothing at #/list/7"),
        ("http://[x", "is not a reference"),
        ("a%00b.yaml", "is not a path"),
        ("pipe", "no regular file"),
    ],
)
def test_refuses(repository: Path, reference: str, words: str) -> None:
    folder = repository / "spec" / "hello"
    (folder / "folder").mkdir()
    (folder / "pet.yaml").write_text("list: [1]")
    (folder / "broken.yaml").write_text("a: [")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (repository.parent / "outside.yaml").write_text("secret: 1")
    (folder / "link.yaml").symlink_to(repository.parent / "outside.yaml")
    os.mkfifo(folder / "pipe")
    document = write(repository, {"swagger.yaml": f"{HEAD}definitions:\n  A:\n    $ref: {reference!r}\n"})
    finding = document.findings[-1]
    assert finding.code == "DOC-006"
    assert words in finding.message
    assert finding.pointer == "/definitions/A/$ref"
    assert finding.location is not None
    assert (Path(finding.location.file).name, finding.location.line) == ("swagger.yaml", 4)
    assert document.data["definitions"] == {"A": {"$ref": reference}}
    assert "secret" not in str(document)


def test_a_broken_file_is_pointed_at(repository: Path) -> None:
    document = write(repository, {"swagger.yaml": HEAD + "x: {$ref: b.yaml}", "b.yaml": "a: 1\nb: [\n"})
    assert [(finding.code, Path(finding.location.file).name) for finding in document.findings if finding.location] == [
        ("DOC-001", "b.yaml"),
        ("DOC-006", "swagger.yaml"),
    ]


def test_only_schemas_may_be_cyclic(repository: Path) -> None:
    document = write(
        repository,
        {"swagger.yaml": HEAD + "paths: {/a: {$ref: a.yaml}}\n", "a.yaml": "get: {x: {$ref: a.yaml}}\n"},
    )
    assert codes(document) == ["DOC-006"]
    assert "leads back to itself" in document.findings[0].message


def test_references_inside_the_document_stay(repository: Path) -> None:
    text = HEAD + "definitions: {A: {$ref: '#/definitions/B'}, B: {$ref: ./b.yaml}}\n"
    document = write(repository, {"swagger.yaml": text, "b.yaml": "type: object"})
    assert document.data["definitions"] == {"A": {"$ref": "#/definitions/B"}, "B": {"type": "object"}}


def test_model_urls_are_api_gateways_own() -> None:
    url = "https://apigateway.amazonaws.com/restapis/abc/models/Pet"
    assert parse(f"{HEAD}x: {{$ref: '{url}'}}".encode(), "a.yaml").findings == ()


def test_the_bare_name_of_a_definition_is_read_as_aws_samples_mean_it() -> None:
    document = parse(f"{HEAD}definitions: {{Pet: {{type: object}}, Pets: {{items: {{$ref: Pet}}}}}}".encode(), "a.yaml")
    assert document.data["definitions"]["Pets"] == {"items": {"$ref": "#/definitions/Pet"}}
    assert [(finding.code, finding.severity) for finding in document.findings] == [("DOC-006", Severity.WARNING)]


def test_examples_are_not_looked_into() -> None:
    text = f"{HEAD}x: {{example: {{$ref: ./a.yaml}}, default: {{$ref: ./b.yaml}}, enum: [{{$ref: ./c.yaml}}]}}"
    assert parse(text.encode(), "a.yaml").findings == ()


def test_a_document_read_alone_says_what_it_lacks() -> None:
    document = parse(f"{HEAD}x: {{schema: {{$ref: ./a.yaml}}}}".encode(), "a.yaml")
    assert codes(document) == ["DOC-006"]
    assert "read alone" in document.findings[0].message


def test_too_many_files_are_refused(repository: Path) -> None:
    files = {f"f{number}.yaml": f"x: {{$ref: f{number + 1}.yaml}}" for number in range(9)}
    for name, text in files.items():
        (repository / "spec" / "hello" / name).write_text(text)
    (repository / "spec" / "hello" / "swagger.yaml").write_text(HEAD + "x: {$ref: f0.yaml}")
    document = read(repository / "spec" / "hello" / "swagger.yaml", limits=Limits(files=4))
    assert "more than 4 files" in document.findings[-1].message


def test_files_that_multiply_are_refused(repository: Path) -> None:
    """The billion laughs, with files instead of anchors."""
    folder = repository / "spec" / "hello"
    for number in range(12):
        below = ", ".join([f"{{$ref: f{number + 1}.yaml}}"] * 9)
        (folder / f"f{number}.yaml").write_text(f"x: [{below}]")
    (folder / "f12.yaml").write_text("y: 1")
    (folder / "swagger.yaml").write_text(HEAD + "x: {$ref: f0.yaml}")
    with pytest.raises(DocumentError, match="add more than"):
        read(folder / "swagger.yaml", limits=Limits(bundled=50_000))


def test_the_root_can_be_given(repository: Path) -> None:
    folder = repository / "spec" / "hello"
    (folder / "swagger.yaml").write_text(HEAD + "definitions: {A: {$ref: ../b.yaml}}")
    (repository / "spec" / "b.yaml").write_text("type: object")
    assert read(folder / "swagger.yaml").findings == ()
    assert codes(read(folder / "swagger.yaml", root=folder)) == ["DOC-006"]
