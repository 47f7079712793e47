"""The reads of AWS Organizations that a crawl needs, as the snapshot's own types."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from botocore import xform_name
from botocore.exceptions import ConnectionError as NoConnection

from accounts.aws.errors import AwsError, explained
from accounts.aws.rates import RateLimiter
from accounts.reader import ListedAccount, Stopped, Target, Vanished
from accounts.snapshot import (
    Account,
    AccountState,
    Organization,
    Policy,
    PolicyTypeStatus,
    Unit,
)

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient

# Connections tried for the first answer of all. After it AWS is known to be there, and botocore
# tries as often as its configuration says.
_FIRST_TRIES: Final = 3
_SCP = "SERVICE_CONTROL_POLICY"
_THROTTLED = {"TooManyRequestsException", "ThrottlingException"}
_VANISHED = {
    "AccountNotFoundException",
    "ChildNotFoundException",
    "OrganizationalUnitNotFoundException",
    "ParentNotFoundException",
    "PolicyNotFoundException",
    "TargetNotFoundException",
}


class OrganizationsReader:
    """Each method reads one API to its last page; raises `AwsError` or `Vanished`.

    Safe to call from several threads. `calls` and `throttled` count requests by API,
    retries among them.
    """

    def __init__(self, client: OrganizationsClient, limiter: RateLimiter) -> None:
        self.calls: Counter[str] = Counter()
        self.throttled: Counter[str] = Counter()
        self._client = client
        self._limiter = limiter
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._answered = False
        client.meta.events.register("before-send.organizations", self._before_send)
        client.meta.events.register("response-received.organizations", self._after_response)
        client.meta.events.register_first("needs-retry.organizations", self._before_retry)

    def stop(self) -> None:
        """End lists under way with `Stopped`: what they are read for has failed."""
        self._stopped.set()

    def method(self, api: str) -> Any:
        """boto3's method for one call of an API by AWS's name of it."""
        return getattr(self._client, xform_name(api))

    def organization(self) -> Organization:
        with explained("DescribeOrganization"):
            row = self._client.describe_organization()["Organization"]
        return Organization(
            id=row["Id"],
            partition=row["Arn"].split(":")[1],
            management_account_id=row["MasterAccountId"],
            feature_set=row["FeatureSet"],
        )

    def root(self) -> tuple[Unit, PolicyTypeStatus]:
        """The root, and whether SCPs are enabled in it.

        `Organization.AvailablePolicyTypes` would say so too, but AWS says not to use it.
        """
        roots = list(self._rows("ListRoots", "Roots"))
        if not roots:
            raise AwsError(
                "organizations:ListRoots answered with no root: call from the management "
                "account or a delegated administrator."
            )
        types = {one["Type"]: one["Status"] for one in roots[0].get("PolicyTypes", [])}
        status = PolicyTypeStatus(types.get(_SCP, PolicyTypeStatus.DISABLED))
        return Unit(roots[0]["Id"], roots[0]["Name"], None), status

    def accounts(self) -> Iterator[ListedAccount]:
        for row in self._rows("ListAccounts", "Accounts"):
            yield _account(row)

    def accounts_in(self, parent_id: str) -> Iterator[ListedAccount]:
        for row in self._rows("ListAccountsForParent", "Accounts", ParentId=parent_id):
            yield _account(row)

    def units_in(self, parent_id: str) -> list[Unit]:
        rows = self._rows(
            "ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent_id
        )
        return [Unit(row["Id"], row["Name"], parent_id) for row in rows]

    def unit_path(self, unit_id: str) -> str | None:
        """`o-…/r-…/ou-…/`, or None from an endpoint that does not give paths."""
        path: str | None = self._unit_row(unit_id).get("Path")
        return path

    def unit(self, unit_id: str) -> Unit:
        row = self._unit_row(unit_id)
        return Unit(unit_id, row["Name"], self._parent(unit_id, row.get("Path")))

    def account(self, account_id: str) -> Account:
        with _noticing_vanished(), explained("DescribeAccount"):
            row = self._client.describe_account(AccountId=account_id)["Account"]
        found = _account(row)
        return found.below(self._parent(account_id, found.path))

    def _unit_row(self, unit_id: str) -> Mapping[str, Any]:
        with _noticing_vanished(), explained("DescribeOrganizationalUnit"):
            answer = self._client.describe_organizational_unit(OrganizationalUnitId=unit_id)
        return answer["OrganizationalUnit"]

    def _parent(self, child_id: str, path: str | None) -> str:
        """The last but one id of the path; a call of its own where the endpoint gives none."""
        if path:
            return path.rstrip("/").split("/")[-2]
        rows = self._rows("ListParents", "Parents", ChildId=child_id)
        return str(next(rows)["Id"])

    def policies(self) -> list[Policy]:
        rows = self._rows("ListPolicies", "Policies", Filter=_SCP)
        return [_summary(row) for row in rows]

    def policies_on(self, target_id: str) -> list[Policy]:
        """The SCPs attached to the root, a unit or an account itself."""
        rows = self._rows("ListPoliciesForTarget", "Policies", TargetId=target_id, Filter=_SCP)
        return [_summary(row) for row in rows]

    def targets(self, policy_id: str) -> list[Target]:
        rows = self._rows("ListTargetsForPolicy", "Targets", PolicyId=policy_id)
        return [Target(row["TargetId"], row["Name"], row["Type"]) for row in rows]

    def policy(self, policy_id: str) -> tuple[Policy, str]:
        """A policy with its text exactly as AWS stores it."""
        with _noticing_vanished(), explained("DescribePolicy"):
            row = self._client.describe_policy(PolicyId=policy_id)["Policy"]
        return _summary(row["PolicySummary"]), row["Content"]

    def _rows(self, api: str, key: str, **parameters: str) -> Iterator[Any]:
        """Rows of every page; empty pages with a token are followed as AWS asks."""
        method: Any = xform_name(api)
        paginator = self._client.get_paginator(method)
        with _noticing_vanished(), explained(api):
            for page in paginator.paginate(**parameters):
                yield from page.get(key, [])
                if self._stopped.is_set():
                    raise Stopped

    def _before_send(self, event_name: str, **_: object) -> None:
        api = event_name.rpartition(".")[2]
        self._limiter.wait_for_turn(api)
        with self._lock:
            self.calls[api] += 1

    def _after_response(
        self,
        event_name: str,
        parsed_response: Mapping[str, Any] | None = None,
        **_: object,
    ) -> None:
        api = event_name.rpartition(".")[2]
        code = (parsed_response or {}).get("Error", {}).get("Code")
        if code in _THROTTLED:
            self._limiter.slow_down(api)
            with self._lock:
                self.throttled[api] += 1
        elif parsed_response is not None and code is None:
            self._limiter.speed_up(api)
        self._answered = self._answered or parsed_response is not None

    def _before_retry(
        self, attempts: int, caught_exception: Exception | None = None, **_: object
    ) -> None:
        """A wrong proxy or endpoint is said at once: only AWS going away is worth waiting for."""
        never_reached = not self._answered and attempts >= _FIRST_TRIES
        if never_reached and isinstance(caught_exception, NoConnection):
            raise caught_exception


@contextmanager
def _noticing_vanished() -> Iterator[None]:
    """What was listed a moment ago and is gone now has moved, which is no error of AWS."""
    try:
        yield
    except AwsError as error:
        if error.code in _VANISHED:
            raise Vanished(str(error)) from None
        raise


def _account(row: Mapping[str, Any]) -> ListedAccount:
    """`State` is the truth; `Status`, which AWS retired, stands in where it is missing."""
    paths = row.get("Paths") or [None]
    account = Account(
        id=row["Id"],
        name=row.get("Name", ""),
        email=row.get("Email", ""),
        state=AccountState(row.get("State") or row["Status"]),
        parent_id="",
    )
    return ListedAccount(account, path=paths[0], joined_at=row.get("JoinedTimestamp"))


def _summary(row: Mapping[str, Any]) -> Policy:
    return Policy(row["Id"], row["Name"], row["Type"], bool(row["AwsManaged"]), content=None)
