"""The importer: a document → the RestApi that API Gateway makes of it, and what AWS says about it."""

from gatewright.apigateway.importer.document import Imported, Mode, import_document
from gatewright.apigateway.importer.remark import Level, Remark, import_failure, warnings_of

__all__ = ["Imported", "Level", "Mode", "Remark", "import_document", "import_failure", "warnings_of"]
