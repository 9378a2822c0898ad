"""The exporter: a deployed RestApi → the Swagger 2.0 or OpenAPI 3.0 document as API Gateway exports it."""

from gatewright.apigateway.exporter.document import ExportType, content_disposition, export, unexportable
from gatewright.apigateway.exporter.snakeyaml import to_yaml
from gatewright.apigateway.jackson import to_json

__all__ = ["ExportType", "content_disposition", "export", "to_json", "to_yaml", "unexportable"]
