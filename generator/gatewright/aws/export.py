"""The deployed API as get-export gives it back, byte for byte."""

from __future__ import annotations

from gatewright.aws.session import Session, error_code, error_message
from gatewright.errors import TargetError

TYPES = {"swagger": "swagger", "oas30": "openapi"}
ACCEPT = {"json": "application/json", "yaml": "application/yaml"}
FORMS = tuple((kind, form) for kind in TYPES for form in ACCEPT)


def get_export(
    session: Session, api_id: str, stage: str, *, kind: str, form: str, extensions: tuple[str, ...] = ()
) -> bytes:
    """One export. `kind` is swagger or oas30, `form` json or yaml; `extensions` as get-export takes them
    (apigateway, integrations, authorizers, documentation, postman)."""
    from botocore.exceptions import ClientError

    try:
        reply = session.client("apigateway").get_export(
            restApiId=api_id,
            stageName=stage,
            exportType=kind,
            accepts=ACCEPT[form],
            parameters={"extensions": ",".join(extensions)} if extensions else {},
        )
    except ClientError as error:
        if error_code(error) == "NotFoundException":
            raise TargetError(
                f"stage {stage} has no deployment to export: {error_message(error)}", "deploy the API first"
            ) from error
        raise
    body: bytes = reply["body"].read()
    return body
