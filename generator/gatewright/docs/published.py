"""A stage's published documents: AWS's export with the words of the release that the stage runs, in both forms.

In: a `StageSource`. Out: `Published`: OpenAPI 3 and Swagger 2 as data, and what became of each of the document's
elements. Words never come from another release: without its own document a stage has what AWS's export holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gatewright.apigateway.exporter import ExportType, to_yaml
from gatewright.docs.downgrade import downgrade
from gatewright.docs.fidelity import Fidelity, measure
from gatewright.docs.straighten import straighten
from gatewright.docs.upgrade import upgrade
from gatewright.docs.words import restore

EXPORT_TYPES: Mapping[str, ExportType] = {"swagger": "swagger", "openapi": "oas30"}


@dataclass(frozen=True, slots=True)
class StageSource:
    """What one stage's pages are made of. `exports` are files as AWS gave them, by path ("aws/swagger.json");
    `document` is the released document with its references resolved, None when it is not kept;
    `throttle` the stage's own limit (requests a second, and at once), None when it has none."""

    name: str
    url: str
    exports: Mapping[str, bytes]
    release: int | None = None
    document: Mapping[str, Any] | None = None
    throttle: tuple[float, int] | None = None

    def export(self, kind: str, *, extensions: bool = False) -> dict[str, Any]:
        """An export as data; `kind` is swagger or openapi."""
        data: dict[str, Any] = json.loads(self.exports[f"{'aws-extensions' if extensions else 'aws'}/{kind}.json"])
        return data


@dataclass(frozen=True, slots=True)
class Published:
    openapi: Mapping[str, Any]
    swagger: Mapping[str, Any]
    fidelity: Fidelity | None

    def files(self) -> dict[str, bytes]:
        """published/{swagger,openapi}.{json,yaml}."""
        made = {}
        for name, document in (("swagger", self.swagger), ("openapi", self.openapi)):
            made[f"published/{name}.json"] = (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
            made[f"published/{name}.yaml"] = to_yaml(dict(document), EXPORT_TYPES[name]).encode()
        return made


def publish(stage: StageSource) -> Published:
    """Restore in the form the document was written in, then say the same in the other."""
    written = straighten(stage.document) if stage.document is not None else None
    kind = "swagger" if written is None or "swagger" in written else "openapi"
    export = stage.export(kind)
    restored = restore(export, written, stage.url)
    fidelity = measure(written, export, restored, stage.export(kind, extensions=True)) if written is not None else None
    if kind == "swagger":
        return Published(upgrade(restored), restored, fidelity)
    return Published(restored, downgrade(restored), fidelity)
