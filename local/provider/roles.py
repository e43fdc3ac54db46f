"""IAM roles and their policies."""

from __future__ import annotations

from typing import Any

from local.provider.inputs import Given
from local.provider.kind import ExistingResource, Kind, Made, pairs


class Role(Kind):
    """An IAM role."""

    token = "aws:iam/role:Role"
    service = "iam"
    named = "name"
    look, remove = "get_role", "delete_role"
    in_place = frozenset({"assumeRolePolicy", "description", "maxSessionDuration"})

    def create(self, given: Given) -> Made:
        request = given.place(
            self.client,
            "create_role",
            {"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
            Tags=pairs(given.take("tags")),
        )
        role = self.client.create_role(**request)["Role"]
        return role["RoleName"], {"arn": role["Arn"], "uniqueId": role["RoleId"]}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        given.drop("name", "path", "permissionsBoundary", "tags")
        trust = given.take("assumeRolePolicy")
        settings = given.place(self.client, "update_role", RoleName=old.id)
        self.client.update_assume_role_policy(RoleName=old.id, PolicyDocument=trust)
        self.client.update_role(**settings)
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"RoleName": old.id}


class RolePolicy(Kind):
    """An inline policy of a role."""

    token = "aws:iam/rolePolicy:RolePolicy"
    service = "iam"
    look, remove = "get_role_policy", "delete_role_policy"
    named = "name"
    in_place = frozenset({"policy"})

    def create(self, given: Given) -> Made:
        role, name, policy = (given.take(one) for one in ("role", "name", "policy"))
        given.finish()
        self.client.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=policy)
        return f"{role}:{name}", {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"RoleName": old["role"], "PolicyName": old["name"]}


class RolePolicyAttachment(Kind):
    """A managed policy attached to a role."""

    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    service = "iam"
    alone = True
    remove = "detach_role_policy"

    def create(self, given: Given) -> Made:
        role, policy = given.take("role"), given.take("policyArn")
        given.finish()
        self.client.attach_role_policy(RoleName=role, PolicyArn=policy)
        return f"{role}/{policy}", {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"RoleName": old["role"], "PolicyArn": old["policyArn"]}
