"""AWS::Cognito: user pools, their clients and groups."""

from __future__ import annotations

from typing import Any

from gatewright.local.cloudformation.types.arguments import arguments
from gatewright.local.cloudformation.types.entry import Entry, Made, Props, Site, words

POOL = words(
    "AccountRecoverySetting AdminCreateUserConfig AliasAttributes AutoVerifiedAttributes DeletionProtection"
    " DeviceConfiguration EmailConfiguration EmailVerificationMessage EmailVerificationSubject LambdaConfig"
    " MfaConfiguration Policies Schema SmsAuthenticationMessage SmsConfiguration SmsVerificationMessage"
    " UserAttributeUpdateSettings UserPoolAddOns UserPoolTags UserPoolTier UsernameAttributes UsernameConfiguration"
    " VerificationMessageTemplate"
)
FIXED = words("AliasAttributes Schema UsernameAttributes UsernameConfiguration")
CLIENT = words(
    "AccessTokenValidity AllowedOAuthFlows AllowedOAuthFlowsUserPoolClient AllowedOAuthScopes AnalyticsConfiguration"
    " AuthSessionValidity CallbackURLs ClientName DefaultRedirectURI EnablePropagateAdditionalUserContextData"
    " EnableTokenRevocation ExplicitAuthFlows GenerateSecret IdTokenValidity LogoutURLs PreventUserExistenceErrors"
    " ReadAttributes RefreshTokenRotation RefreshTokenValidity SupportedIdentityProviders TokenValidityUnits UserPoolId"
    " WriteAttributes"
)


def pool_made(site: Site, name: str) -> Made:
    host = f"cognito-idp.{site.region}.amazonaws.com/{name}"
    return Made(
        name,
        {
            "Arn": site.arn("cognito-idp", f"userpool/{name}"),
            "ProviderName": host,
            "ProviderURL": f"https://{host}",
            "UserPoolId": name,
        },
    )


def create_pool(site: Site, props: Props) -> Made:
    client = site.client("cognito-idp")
    call = {key: value for key, value in props.items() if key in POOL} | {
        "PoolName": props.get("UserPoolName") or site.name(128)
    }
    found = client.create_user_pool(**arguments(client, "CreateUserPool", call))
    return pool_made(site, found["UserPool"]["Id"])


def update_pool(site: Site, name: str, props: Props, old: Props) -> Made:
    client = site.client("cognito-idp")
    call = {key: value for key, value in props.items() if key in POOL - FIXED} | {"UserPoolId": name}
    client.update_user_pool(**arguments(client, "UpdateUserPool", call))
    before = {each["Name"] for each in old.get("Schema", ())}
    new = [each for each in props.get("Schema", ()) if each["Name"] not in before]
    if new:
        given = {"UserPoolId": name, "CustomAttributes": new}
        client.add_custom_attributes(**arguments(client, "AddCustomAttributes", given))
    return pool_made(site, name)


def remade(old: Props, new: Props) -> bool:
    """Attributes may be added to a pool, never changed or taken away."""
    kept = {each["Name"]: each for each in new.get("Schema", ())}
    same = all(kept.get(each["Name"]) == each for each in old.get("Schema", ()))
    return not same or any(old.get(name) != new.get(name) for name in FIXED - {"Schema"})


def delete_pool(site: Site, name: str, props: Props) -> None:
    del props
    site.client("cognito-idp").delete_user_pool(UserPoolId=name)


def client_made(found: Props) -> Made:
    secret = {"ClientSecret": found["ClientSecret"]} if found.get("ClientSecret") else {}
    name = found["ClientId"]
    return Made(name, {"ClientId": name, "Name": found.get("ClientName", ""), **secret})


def create_client(site: Site, props: Props) -> Made:
    client = site.client("cognito-idp")
    call = {"ClientName": site.name(128), **props}
    found = client.create_user_pool_client(**arguments(client, "CreateUserPoolClient", call))
    return client_made(found["UserPoolClient"])


def update_client(site: Site, name: str, props: Props, old: Props) -> Made:
    del old
    client = site.client("cognito-idp")
    call: dict[str, Any] = {key: value for key, value in props.items() if key != "GenerateSecret"}
    found = client.update_user_pool_client(**arguments(client, "UpdateUserPoolClient", {**call, "ClientId": name}))
    return client_made(found["UserPoolClient"])


def delete_client(site: Site, name: str, props: Props) -> None:
    site.client("cognito-idp").delete_user_pool_client(UserPoolId=props["UserPoolId"], ClientId=name)


def create_group(site: Site, props: Props) -> Made:
    client = site.client("cognito-idp")
    call = {"GroupName": site.name(128), **props}
    client.create_group(**arguments(client, "CreateGroup", call))
    return Made(str(call["GroupName"]))


def update_group(site: Site, name: str, props: Props, old: Props) -> Made:
    del old
    client = site.client("cognito-idp")
    client.update_group(**arguments(client, "UpdateGroup", {**props, "GroupName": name}))
    return Made(name)


def delete_group(site: Site, name: str, props: Props) -> None:
    site.client("cognito-idp").delete_group(UserPoolId=props["UserPoolId"], GroupName=name)


def create_domain(site: Site, props: Props) -> Made:
    client = site.client("cognito-idp")
    client.create_user_pool_domain(**arguments(client, "CreateUserPoolDomain", props))
    return Made(str(props["Domain"]))


def delete_domain(site: Site, name: str, props: Props) -> None:
    site.client("cognito-idp").delete_user_pool_domain(UserPoolId=props["UserPoolId"], Domain=name)


ENTRIES = {
    "AWS::Cognito::UserPoolDomain": Entry(
        create=create_domain,
        delete=delete_domain,
        properties=words("Domain UserPoolId"),
        required=words("Domain UserPoolId"),
        create_only=words("Domain UserPoolId"),
    ),
    "AWS::Cognito::UserPool": Entry(
        create=create_pool,
        update=update_pool,
        delete=delete_pool,
        properties=POOL | words("UserPoolName"),
        conditional=FIXED,
        replaces=remade,
        attributes=words("Arn ProviderName ProviderURL UserPoolId"),
        tags="map",
        tags_property="UserPoolTags",
        call="cognito-idp:CreateUserPool",
    ),
    "AWS::Cognito::UserPoolClient": Entry(
        create=create_client,
        update=update_client,
        delete=delete_client,
        properties=CLIENT,
        required=words("UserPoolId"),
        create_only=words("GenerateSecret UserPoolId"),
        attributes=words("ClientId ClientSecret Name"),
        call="cognito-idp:CreateUserPoolClient",
    ),
    "AWS::Cognito::UserPoolGroup": Entry(
        create=create_group,
        update=update_group,
        delete=delete_group,
        properties=words("Description GroupName Precedence RoleArn UserPoolId"),
        required=words("UserPoolId"),
        create_only=words("GroupName UserPoolId"),
    ),
}
