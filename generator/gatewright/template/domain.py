"""The stack of a custom domain: its name, its DNS records, and where each base path leads.

Base paths of one part are BasePathMappings; of several, apigatewayv2's ApiMappings. One waits for the other: API
Gateway takes few of these calls at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from gatewright import __version__
from gatewright.template.dump import dump

METADATA = "GatewrightDomain"


@dataclass(frozen=True, slots=True)
class MappedPath:
    """`key` is "" for the root; `api` is what people call the API, `api_id` what API Gateway does."""

    key: str
    api: str
    api_id: str
    stage: str

    @property
    def id(self) -> str:
        """The logical id: another base path is another mapping."""
        return f"Mapping{hashlib.sha256(self.key.encode()).hexdigest()[:10]}"


@dataclass(frozen=True, slots=True)
class DomainBlueprint:
    """`certificate` and `zone` are None where another stack holds the domain itself: then this one adds mappings."""

    name: str
    paths: tuple[MappedPath, ...]
    certificate: str | None = None
    zone: str | None = None
    repository: str = ""


def metadata(blueprint: DomainBlueprint) -> Mapping[str, object]:
    return {
        "Name": blueprint.name,
        "Owner": blueprint.certificate is not None,
        **({"Repository": blueprint.repository} if blueprint.repository else {}),
        "Mappings": {path.key or "/": f"{path.api}:{path.stage}" for path in blueprint.paths},
    }


def render(blueprint: DomainBlueprint) -> str:
    """The template's text: YAML, the same bytes for the same input."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("gatewright.template", ""),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  YAML, not HTML: the filter below is what quotes
        keep_trailing_newline=True,
    )
    environment.filters["yaml"] = dump
    before = [None, *(path.id for path in blueprint.paths)]
    return environment.get_template("domain.yaml.j2").render(
        gatewright=__version__,
        metadata_key=METADATA,
        metadata=metadata(blueprint),
        name=blueprint.name,
        certificate=blueprint.certificate,
        zone=blueprint.zone,
        paths=[
            {
                "id": path.id,
                "key": path.key,
                "api_id": path.api_id,
                "stage": path.stage,
                "what": f"{blueprint.name}/{path.key} is {path.api}:{path.stage}",
                "after": after,
            }
            for path, after in zip(blueprint.paths, before, strict=False)
        ],
    )
