"""The read APIs of AWS Organizations, answered from a simulated organization."""

from __future__ import annotations

import base64
import heapq
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.simulated.faults import Faults
from tests.simulated.organization import SimulatedOrganization, SimulatedPolicy

_SCP = "SERVICE_CONTROL_POLICY"
PAGE = 20
Answer = dict[str, Any]


class ApiError(Exception):
    """An AWS error by its code."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Apis:
    """One method per API, named as AWS names it."""

    def __init__(self, organization: SimulatedOrganization, faults: Faults) -> None:
        self._organization = organization
        self._faults = faults
        self._pages = 0

    def call(self, api: str, parameters: Mapping[str, Any]) -> Answer:
        method: Callable[[Mapping[str, Any]], Answer] | None = getattr(self, api, None)
        if method is None or not api[0].isupper():
            raise ApiError("UnknownOperationException", f"{api} is not simulated")
        return method(parameters)

    def DescribeOrganization(self, _: Mapping[str, Any]) -> Answer:
        made = self._organization
        return {
            "Organization": {
                "Id": made.id,
                "Arn": self._arn(f"organization/{made.id}"),
                "FeatureSet": made.feature_set,
                "MasterAccountId": made.management_account_id,
                "MasterAccountArn": self._arn(f"account/{made.id}/{made.management_account_id}"),
                "MasterAccountEmail": "management@example.com",
            }
        }

    def ListRoots(self, _: Mapping[str, Any]) -> Answer:
        made = self._organization
        types = [{"Type": _SCP, "Status": made.scp_status}] if made.scp_status else []
        return {"Roots": [{**self._unit(made.root_id), "PolicyTypes": types}]}

    def ListAccounts(self, parameters: Mapping[str, Any]) -> Answer:
        return self._page("Accounts", self._organization.accounts, self._account, parameters)

    def ListAccountsForParent(self, parameters: Mapping[str, Any]) -> Answer:
        parent = self._known_parent(parameters)
        inside = [id for id, one in self._organization.accounts.items() if one.parent_id == parent]
        return self._page("Accounts", inside, self._account, parameters)

    def ListOrganizationalUnitsForParent(self, parameters: Mapping[str, Any]) -> Answer:
        parent = self._known_parent(parameters)
        inside = [id for id, one in self._organization.units.items() if one.parent_id == parent]
        return self._page("OrganizationalUnits", inside, self._unit, parameters)

    def DescribeOrganizationalUnit(self, parameters: Mapping[str, Any]) -> Answer:
        unit = self._organization.units.get(parameters["OrganizationalUnitId"])
        if unit is None or unit.parent_id is None:
            raise ApiError("OrganizationalUnitNotFoundException", "You specified no known OU.")
        return {"OrganizationalUnit": self._unit(unit.id)}

    def DescribeAccount(self, parameters: Mapping[str, Any]) -> Answer:
        if parameters["AccountId"] not in self._organization.accounts:
            raise ApiError("AccountNotFoundException", "You specified no known account.")
        return {"Account": self._account(parameters["AccountId"])}

    def ListParents(self, parameters: Mapping[str, Any]) -> Answer:
        made, id = self._organization, parameters["ChildId"]
        child = made.accounts.get(id) or made.units.get(id)
        if child is None or child.parent_id is None:
            raise ApiError("ChildNotFoundException", "You specified no known child.")
        kind = "ROOT" if child.parent_id == made.root_id else "ORGANIZATIONAL_UNIT"
        return {"Parents": [{"Id": child.parent_id, "Type": kind}]}

    def ListPoliciesForTarget(self, parameters: Mapping[str, Any]) -> Answer:
        made, id = self._organization, parameters["TargetId"]
        if id not in made.accounts and id not in made.units:
            raise ApiError("TargetNotFoundException", "You specified no known target.")
        on = [policy for policy, targets in made.targets.items() if id in targets]
        return self._page("Policies", on, self._summary, parameters)

    def ListPolicies(self, parameters: Mapping[str, Any]) -> Answer:
        return self._page("Policies", self._organization.policies, self._summary, parameters)

    def ListTargetsForPolicy(self, parameters: Mapping[str, Any]) -> Answer:
        targets = self._organization.targets[self._known_policy(parameters).id]
        return self._page("Targets", targets, self._target, parameters)

    def DescribePolicy(self, parameters: Mapping[str, Any]) -> Answer:
        policy = self._known_policy(parameters)
        return {"Policy": {"PolicySummary": self._summary(policy.id), "Content": policy.content}}

    def _page(
        self,
        name: str,
        ids: Iterable[str],
        row: Callable[[str], Answer],
        parameters: Mapping[str, Any],
    ) -> Answer:
        """Rows after the token's, at most 20: a row added or taken meanwhile shifts no other."""
        size = parameters.get("MaxResults", PAGE)
        if not 1 <= size <= PAGE:
            raise ApiError("InvalidInputException", "MaxResults must be from 1 to 20.")
        token = parameters.get("NextToken")
        last, was_empty = _decode(token) if token else ("", False)
        self._pages += 1
        every = self._faults.empty_page_every
        if every and not was_empty and self._pages % every == 0:
            return {name: [], "NextToken": _encode(last, empty=True)}
        # Rather than sorted, of which there may be fifty thousand.
        following = heapq.nsmallest(size + 1, (id for id in ids if id > last))
        page: Answer = {name: [row(id) for id in following[:size]]}
        if len(following) > size:
            page["NextToken"] = _encode(following[size - 1], empty=False)
        return page

    def _account(self, id: str) -> Answer:
        made = self._organization
        account = made.accounts[id]
        row: Answer = {
            "Id": account.id,
            "Arn": self._arn(f"account/{made.id}/{account.id}"),
            "Email": account.email,
            "Name": account.name,
            "JoinedMethod": "CREATED",
            "JoinedTimestamp": account.joined_at,
        }
        if self._faults.state:
            row["State"] = account.state
        if self._faults.legacy_status or not self._faults.state:
            row["Status"] = {"CLOSED": "SUSPENDED", "PENDING_ACTIVATION": "ACTIVE"}.get(
                account.state, account.state
            )
        if self._faults.paths:
            row["Paths"] = [f"{made.unit_path(account.parent_id)}{account.id}/"]
        return row

    def _unit(self, id: str) -> Answer:
        made = self._organization
        unit = made.units[id]
        kind = "root" if unit.parent_id is None else "ou"
        row = {"Id": unit.id, "Arn": self._arn(f"{kind}/{made.id}/{unit.id}"), "Name": unit.name}
        if self._faults.paths and unit.parent_id is not None:
            row["Path"] = made.unit_path(unit.id)
        return row

    def _target(self, id: str) -> Answer:
        made = self._organization
        if id in made.accounts:
            arn = self._arn(f"account/{made.id}/{id}")
            return {"TargetId": id, "Arn": arn, "Name": made.accounts[id].name, "Type": "ACCOUNT"}
        unit = made.units[id]
        kind = "ROOT" if unit.parent_id is None else "ORGANIZATIONAL_UNIT"
        return {"TargetId": id, "Arn": self._unit(id)["Arn"], "Name": unit.name, "Type": kind}

    def _summary(self, id: str) -> Answer:
        policy = self._organization.policies[id]
        owner = "aws" if policy.aws_managed else self._organization.management_account_id
        arn = f"arn:{self._organization.partition}:organizations::{owner}:policy/x/{policy.id}"
        return {
            "Id": policy.id,
            "Arn": arn,
            "Name": policy.name,
            "Description": "",
            "Type": _SCP,
            "AwsManaged": policy.aws_managed,
        }

    def _known_parent(self, parameters: Mapping[str, Any]) -> str:
        parent: str = parameters["ParentId"]
        if parent not in self._organization.units:
            raise ApiError("ParentNotFoundException", "You specified no known parent.")
        return parent

    def _known_policy(self, parameters: Mapping[str, Any]) -> SimulatedPolicy:
        policy = self._organization.policies.get(parameters["PolicyId"])
        if policy is None:
            raise ApiError("PolicyNotFoundException", "You specified a policy that isn't here.")
        return policy

    def _arn(self, resource: str) -> str:
        made = self._organization
        return f"arn:{made.partition}:organizations::{made.management_account_id}:{resource}"


def _encode(last: str, *, empty: bool) -> str:
    return base64.b64encode(f"{last} {int(empty)}".encode()).decode()


def _decode(token: str) -> tuple[str, bool]:
    last, empty = base64.b64decode(token).decode().split(" ")
    return last, empty == "1"
