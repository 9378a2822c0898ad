"""The document's named schemas → models; inline schemas of operations → models with generated names.

Goes out: `Models`, where operations look up the model that a schema stands for, in AWS's words when there is none.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from gatewright.apigateway.importer.node import Node
from gatewright.apigateway.importer.reading import Place, Reading
from gatewright.apigateway.importer.schemas import Conversion, Converted, external, model_name
from gatewright.apigateway.jackson import to_json
from gatewright.apigateway.model import Model, make_id

MAX_SCHEMA_BYTES = 400 * 1024
_ALPHANUMERIC = re.compile(r"^[a-zA-Z0-9]+$")
_INVALID = "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified"


@dataclass(slots=True)
class Models:
    """`made` by name; `failed` are the named schemas that AWS refuses."""

    reading: Reading
    conversion: Conversion
    made: dict[str, Model] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def of_request(self, schema: Node, place: Place) -> str | None:
        """The model of a request schema, made if it is inline; None with AWS's remark if there is none."""
        reference = schema.get("$ref")
        if reference:
            name = self._named(reference)
            if name is None and model_name(reference.value, oas3=self.reading.oas3) in self.failed:
                refusal = place.refuse_method("Invalid model identifier specified: null")
                self.reading.remarks.error(refusal, reference, "MODEL-020")
            return name
        unsupported = "Content" if self.reading.oas3 else _kind(schema, oas3=False)
        message = f"Unsupported model type '{unsupported}' in request schema for '{place.verb} {place.path}'. Ignoring."
        return self._inline(schema, message)

    def of_response(self, schema: Node, place: Place, status: str) -> str | None:
        """The model of a response schema, made if it is inline; None with AWS's remark if there is none."""
        reference = schema.get("$ref")
        if reference:
            return self._named(reference)
        kind = _kind(schema, oas3=self.reading.oas3)
        message = (
            f"Unsupported model type '{kind}' in {status} response to method '{place.verb} {place.path}'. Ignoring."
        )
        return self._inline(schema, message)

    def _named(self, reference: Node) -> str | None:
        name = model_name(reference.value, oas3=self.reading.oas3)
        if name is not None and name in self.made:
            return name
        outside = external(reference.value)
        if outside:
            self.reading.remarks.error(outside, reference, "DOC-006")
        elif name is None:
            message = "Invalid model schema specified, Model reference must be in canonical form"
            self.reading.remarks.error(message, reference, "MODEL-018")
        else:
            message = f"Reference to model '{name}' not found. Ignoring."
            self.reading.remarks.warning(message, reference, "MODEL-019")
        return None

    def _inline(self, schema: Node, unsupported: str) -> str | None:
        if not schema.is_object or not _is_model(schema):
            self.reading.remarks.warning(unsupported, schema, "MODEL-017")
            return None
        converted = self.conversion.convert(schema)
        name = self._generated_name(schema.pointer, converted.schema)
        self.reading.remarks.changed(f"The inline schema becomes the model {name}", schema, "PARAM-010")
        return name if self._add(name, schema, converted) else None

    def _generated_name(self, pointer: str, schema: dict[str, Any]) -> str:
        """MODEL and six hex digits, as AWS names inline schemas; from place and content, so that it stays the same."""
        seed = pointer + "\0" + json.dumps(schema, sort_keys=True, default=str)
        while True:
            digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()
            name = "MODEL" + digest[:6]
            if name not in self.made and name not in self.conversion.defined:
                return name
            seed = digest

    def _add(self, name: str, node: Node, converted: Converted) -> bool:
        if not self._accepted(name, node, converted):
            self.failed.add(name)
            return False
        description = converted.schema.get("description")
        self.made[name] = Model(
            id=make_id(self.reading.api_id, "model", name),
            name=name,
            schema=to_json(converted.schema),
            description=description if isinstance(description, str) else None,
        )
        return True

    def add_named(self, name: str, node: Node) -> None:
        """Make the model of one entry of `definitions` or `components.schemas`."""
        if not _ALPHANUMERIC.match(name):
            message = f"Unable to create model for '{name}': Model name must be alphanumeric: {name}"
            self.reading.remarks.error(message, node, "MODEL-001")
            self.failed.add(name)
            return
        self._add(name, node, self.conversion.convert(node))

    def _accepted(self, name: str, node: Node, converted: Converted) -> bool:
        """Say in AWS's words what is wrong with a model's schema; whether nothing is."""
        remarks = self.reading.remarks
        refuse = f"Unable to create model for '{name}': "
        for reference, target in converted.missing:
            remarks.warning(f"Reference to model '{target}' not found. Ignoring.", reference, "MODEL-019")
        keywords = json.dumps(list(dict.fromkeys(keyword for _, keyword, _ in converted.unsupported)))
        keywords = keywords.replace(", ", ",")
        for place, _, code in converted.unsupported:
            remarks.error(f"{refuse}{_INVALID}. Unsupported keyword(s): {keywords}]", place, code)
        for place, code in converted.invalid:
            remarks.error(f"{refuse}{_INVALID}]", place, code)
        for place in converted.uncanonical:
            outside = external(place.value)
            canonical = f"{refuse}{_INVALID}, Model reference must be in canonical form]"
            remarks.error(outside or canonical, place, "DOC-006" if outside else "MODEL-018")
        if converted.unsupported or converted.invalid or converted.uncanonical:
            return False
        if not node.is_object or not node.value:
            remarks.error(
                f"{refuse}Model schema must have at least 1 property or array items defined", node, "MODEL-023"
            )
            return False
        if len(to_json(converted.schema).encode("utf-8", "surrogatepass")) > MAX_SCHEMA_BYTES:
            remarks.error(f"{refuse}Model schema is larger than {MAX_SCHEMA_BYTES} bytes", node, "MODEL-022")
            return False
        return True


def read_models(reading: Reading) -> Models:
    """Make the models of the document's named schemas."""
    named = reading.root.get("components").get("schemas") if reading.oas3 else reading.root.get("definitions")
    entries = list(named.entries())
    models = Models(reading, Conversion(reading, frozenset(name for name, _ in entries)))
    for name, node in entries:
        models.add_named(name, node)
    return models


def _is_model(schema: Node) -> bool:
    kind = schema.get("type").value
    composed = any(schema.get(keyword) for keyword in ("allOf", "anyOf", "oneOf"))
    return not composed and (kind in ("object", "array") or (kind is None and bool(schema.get("properties"))))


def _kind(schema: Node, *, oas3: bool) -> str:
    """The class that AWS's parser reads a schema into, as its warning names it."""
    if any(schema.get(keyword) for keyword in ("allOf", "anyOf", "oneOf")):
        return "ComposedSchema" if oas3 else "ComposedModel"
    kind = schema.get("type").value
    suffix = "Schema" if oas3 else "Property"
    return (str(kind).capitalize() if isinstance(kind, str) else "") + suffix
