"""AWS::SecretsManager::Secret: a value that is given, or drawn."""

from __future__ import annotations

import json
from typing import Any

from gatewright.local.cloudformation.types.arguments import arguments, tag_changes, tag_list
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words


def value(client: Any, props: Props) -> str | None:
    """SecretString as it is; or a password, alone or put into a JSON template under a key."""
    if "SecretString" in props:
        return str(props["SecretString"])
    drawing = props.get("GenerateSecretString")
    if drawing is None:
        return None
    call = {key: each for key, each in drawing.items() if key not in ("GenerateStringKey", "SecretStringTemplate")}
    password = str(client.get_random_password(**arguments(client, "GetRandomPassword", call))["RandomPassword"])
    if "SecretStringTemplate" not in drawing:
        return password
    return json.dumps({**json.loads(drawing["SecretStringTemplate"]), drawing["GenerateStringKey"]: password})


def create(site: Site, props: Props) -> Made:
    client = site.client("secretsmanager")
    call = {
        "Name": props.get("Name") or site.name(256),
        "Description": props.get("Description"),
        "KmsKeyId": props.get("KmsKeyId"),
        "SecretString": value(client, props),
        "Tags": tag_list(props.get("Tags")) or None,
    }
    arn = str(client.create_secret(**arguments(client, "CreateSecret", call))["ARN"])
    return Made(arn, {"Id": arn})


def update(site: Site, arn: str, props: Props, old: Props) -> Made:
    """A drawn value is drawn again only when how to draw it changes."""
    client = site.client("secretsmanager")
    redraw = any(props.get(name) != old.get(name) for name in ("SecretString", "GenerateSecretString"))
    call = {
        "SecretId": arn,
        "Description": props.get("Description", ""),
        "KmsKeyId": props.get("KmsKeyId"),
        "SecretString": value(client, props) if redraw else None,
    }
    client.update_secret(**arguments(client, "UpdateSecret", call))
    added, removed = tag_changes(old.get("Tags"), props.get("Tags"))
    if removed:
        client.untag_resource(SecretId=arn, TagKeys=removed)
    if added:
        client.tag_resource(SecretId=arn, Tags=tag_list(added))
    return Made(arn, {"Id": arn})


def delete(site: Site, arn: str, props: Props) -> None:
    del props
    site.client("secretsmanager").delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


ENTRIES = {
    "AWS::SecretsManager::Secret": Entry(
        create=create,
        update=update,
        delete=delete,
        properties=words("Description GenerateSecretString KmsKeyId Name SecretString Tags"),
        create_only=words("Name"),
        attributes=words("Id"),
        tags="list",
        nested={
            "GenerateSecretString": words(
                "ExcludeCharacters ExcludeLowercase ExcludeNumbers ExcludePunctuation ExcludeUppercase"
                " GenerateStringKey IncludeSpace PasswordLength RequireEachIncludedType SecretStringTemplate"
            )
        },
    )
}
