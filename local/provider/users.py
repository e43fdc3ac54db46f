"""Cognito user pools, their app clients, domains, groups and users."""

from __future__ import annotations

from typing import Any, ClassVar

from local.provider.inputs import Given, Renames
from local.provider.kind import ExistingResource, Kind, Made, pairs

VERIFY_BEFORE_UPDATE = "userAttributeUpdateSettings.attributesRequireVerificationBeforeUpdates"
POOL_RENAMES: Renames = {
    "name": "PoolName",
    "tags": "UserPoolTags",
    "emailConfiguration.fromEmailAddress": "From",
    VERIFY_BEFORE_UPDATE: "AttributesRequireVerificationBeforeUpdate",
}


class UserPool(Kind):
    """A user pool."""

    token = "aws:cognito/userPool:UserPool"
    service = "cognito-idp"
    named = "name"
    look, remove = "describe_user_pool", "delete_user_pool"
    in_place = frozenset(
        {"accountRecoverySetting", "adminCreateUserConfig", "autoVerifiedAttributes", "deletionProtection"}
        | {"emailConfiguration", "mfaConfiguration", "passwordPolicy", "softwareTokenMfaConfiguration"}
        | {"userAttributeUpdateSettings", "userPoolTier", "verificationMessageTemplate"}
    )
    keeps_data = True

    def create(self, given: Given) -> Made:
        mfa = given.take("softwareTokenMfaConfiguration")
        policies = self._policies(given)
        request = given.place(self.client, "create_user_pool", POOL_RENAMES, Policies=policies)
        pool = self.client.create_user_pool(**request)["UserPool"]
        self._set_mfa(pool["Id"], request.get("MfaConfiguration"), mfa)
        endpoint = f"cognito-idp.{self.aws.region}.amazonaws.com/{pool['Id']}"
        return pool["Id"], {"arn": pool["Arn"], "endpoint": endpoint}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        given.drop("name", "usernameAttributes", "usernameConfiguration")
        mfa = given.take("softwareTokenMfaConfiguration")
        policies = self._policies(given)
        request = given.place(
            self.client, "update_user_pool", POOL_RENAMES, UserPoolId=old.id, Policies=policies
        )
        self.client.update_user_pool(**request)
        self._set_mfa(old.id, request.get("MfaConfiguration"), mfa)
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"UserPoolId": old.id}

    def _policies(self, given: Given) -> dict[str, Any]:
        shape = self.client.meta.service_model.shape_for("PasswordPolicyType")
        return {"PasswordPolicy": given.part("passwordPolicy").fill(shape)}

    def _set_mfa(self, id: str, mode: str | None, mfa: dict[str, Any] | None) -> None:
        if mfa:
            self.client.set_user_pool_mfa_config(
                UserPoolId=id,
                SoftwareTokenMfaConfiguration={"Enabled": mfa["enabled"]},
                MfaConfiguration=mode or "OFF",
            )


class UserPoolClient(Kind):
    """An app client."""

    token = "aws:cognito/userPoolClient:UserPoolClient"
    service = "cognito-idp"
    named = "name"
    look, remove = "describe_user_pool_client", "delete_user_pool_client"
    in_place = frozenset(
        {"accessTokenValidity", "allowedOauthFlows", "allowedOauthFlowsUserPoolClient", "allowedOauthScopes"}
        | {"authSessionValidity", "callbackUrls", "defaultRedirectUri", "enableTokenRevocation"}
        | {"explicitAuthFlows", "idTokenValidity", "logoutUrls", "preventUserExistenceErrors"}
        | {"readAttributes", "refreshTokenValidity", "supportedIdentityProviders", "tokenValidityUnits"}
        | {"writeAttributes"}
    )
    renames: ClassVar[Renames] = {"name": "ClientName"}

    def create(self, given: Given) -> Made:
        request = given.place(self.client, "create_user_pool_client", self.renames)
        made = self.client.create_user_pool_client(**request)["UserPoolClient"]
        return made["ClientId"], {"clientSecret": made.get("ClientSecret", "")}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        given.drop("generateSecret")
        request = given.place(self.client, "update_user_pool_client", self.renames, ClientId=old.id)
        self.client.update_user_pool_client(**request)
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"UserPoolId": old["userPoolId"], "ClientId": old.id}


class UserPoolDomain(Kind):
    """The domain of a pool's hosted sign-in pages."""

    token = "aws:cognito/userPoolDomain:UserPoolDomain"
    service = "cognito-idp"
    alone = True
    remove = "delete_user_pool_domain"

    def create(self, given: Given) -> Made:
        request = given.place(self.client, "create_user_pool_domain")
        self.client.create_user_pool_domain(**request)
        return request["Domain"], {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"UserPoolId": old["userPoolId"], "Domain": old.id}


class ResourceServer(Kind):
    """A resource server of a pool, with the scopes that app clients may ask for."""

    token = "aws:cognito/resourceServer:ResourceServer"
    service = "cognito-idp"
    named = "name"
    alone = True
    look, remove = "describe_resource_server", "delete_resource_server"
    in_place = frozenset({"name", "scopes"})

    def create(self, given: Given) -> Made:
        request = given.place(self.client, "create_resource_server")
        server = self.client.create_resource_server(**request)["ResourceServer"]
        scopes = [f"{server['Identifier']}/{one['ScopeName']}" for one in server["Scopes"]]
        return f"{server['UserPoolId']}|{server['Identifier']}", {"scopeIdentifiers": scopes}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:  # noqa: ARG002
        request = given.place(self.client, "update_resource_server")
        server = self.client.update_resource_server(**request)["ResourceServer"]
        return {
            "scopeIdentifiers": [f"{server['Identifier']}/{one['ScopeName']}" for one in server["Scopes"]]
        }

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"UserPoolId": old["userPoolId"], "Identifier": old["identifier"]}


class UserGroup(Kind):
    """A group in a user pool."""

    token = "aws:cognito/userGroup:UserGroup"
    service = "cognito-idp"
    alone = True
    look, remove = "get_group", "delete_group"
    in_place = frozenset({"description", "precedence", "roleArn"})
    renames: ClassVar[Renames] = {"name": "GroupName"}

    def create(self, given: Given) -> Made:
        request = given.place(self.client, "create_group", self.renames)
        self.client.create_group(**request)
        return f"{request['UserPoolId']}/{request['GroupName']}", {}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        """Delete the group and create it again with its members, because the emulator has no UpdateGroup."""
        request, place = given.place(self.client, "create_group", self.renames), self.where(old)
        members = self.client.list_users_in_group(**place)["Users"]
        self.delete(old)
        self.client.create_group(**request)
        for member in members:
            self.client.admin_add_user_to_group(**place, Username=member["Username"])
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"UserPoolId": old["userPoolId"], "GroupName": old["name"]}


class User(Kind):
    """A user. The create call also sends an invitation by e-mail."""

    token = "aws:cognito/user:User"
    service = "cognito-idp"
    alone = True
    keeps_data = True
    look, remove = "admin_get_user", "admin_delete_user"
    in_place = frozenset({"attributes", "desiredDeliveryMediums"})

    def create(self, given: Given) -> Made:
        attributes = pairs(given.take("attributes"), "Name")
        request = given.place(self.client, "admin_create_user", UserAttributes=attributes)
        user = self.client.admin_create_user(**request)["User"]
        about = {one["Name"]: one["Value"] for one in user["Attributes"]}
        return f"{request['UserPoolId']}/{request['Username']}", {"sub": about.get("sub", "")}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:  # noqa: ARG002
        given.drop("desiredDeliveryMediums")  # the invitation was sent at creation
        attributes = pairs(given.take("attributes"), "Name")
        request = given.place(self.client, "admin_update_user_attributes", UserAttributes=attributes)
        self.client.admin_update_user_attributes(**request)
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"UserPoolId": old["userPoolId"], "Username": old["username"]}


class UserInGroup(Kind):
    """A user's membership in a group."""

    token = "aws:cognito/userInGroup:UserInGroup"
    service = "cognito-idp"
    alone = True
    remove = "admin_remove_user_from_group"

    def create(self, given: Given) -> Made:
        request = given.place(self.client, "admin_add_user_to_group")
        self.client.admin_add_user_to_group(**request)
        return "/".join(request[part] for part in ("UserPoolId", "GroupName", "Username")), {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {
            "UserPoolId": old["userPoolId"],
            "Username": old["username"],
            "GroupName": old["groupName"],
        }
