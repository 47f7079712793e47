"""The context of a request, with what certainly follows from the request itself.

Source: IAM User Guide, "AWS global condition context keys" and "IAM policy elements:
Variables and tags", table "Principal key values".
"""

from __future__ import annotations

from policies.analysis.keys import region_of
from policies.analysis.variables import Context
from policies.analysis.verdict import Request


def complete_context(request: Request) -> Context:
    """The context with keys in lower case; what the request gives is never changed.

    Added where absent: `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`,
    `aws:PrincipalIsAWSService`; `aws:username` of a user, `aws:userid` of the root user
    and of a federated user; `aws:ResourceAccount` where the resource's ARN names an
    account; `aws:RequestedRegion` for IAM and Organizations. Any other key that is not
    given is absent from the request, also those that AWS always sends.
    """
    principal = _components(request.principal_arn)
    context = {**_of_principal(request.principal_arn, *principal[4:]), **_of(request.resource)}
    region = region_of(request.action.partition(":")[0], principal[1])
    if region is not None:
        context["aws:requestedregion"] = (region,)
    return context | {key.lower(): tuple(values) for key, values in request.context.items()}


def placed(request: Request, organization_id: str, organization_path: str) -> Request:
    """The request with its principal's place in the organization, where it does not say.

    `organization_path` is of the unit above the account: `o-…/r-…/ou-…/`.
    """
    given = {key.lower() for key in request.context}
    place = {
        "aws:PrincipalOrgID": (organization_id,),
        "aws:PrincipalOrgPaths": (organization_path,),
    }
    added = {key: values for key, values in place.items() if key.lower() not in given}
    return request._replace(context={**request.context, **added})


def is_service_linked_role(principal_arn: str) -> bool:
    """Source: AWS Organizations User Guide: SCPs don't affect any service-linked role."""
    return _components(principal_arn)[5].startswith("role/aws-service-role/")


def _of_principal(arn: str, account: str, name: str) -> dict[str, tuple[str, ...]]:
    kind, _, path = name.partition("/")
    context: dict[str, tuple[str, ...]] = {
        "aws:principalarn": (arn,),
        "aws:principalaccount": (account,),
        "aws:principalisawsservice": ("false",),
    }
    if kind == "root":
        context |= {"aws:principaltype": ("Account",), "aws:userid": (account,)}
    elif kind == "user":
        context |= {"aws:principaltype": ("User",), "aws:username": (path.rpartition("/")[2],)}
    elif kind == "role":
        context["aws:principaltype"] = ("AssumedRole",)
    elif kind == "federated-user":
        context["aws:principaltype"] = ("FederatedUser",)
        context["aws:userid"] = (f"{account}:{path}",)
    return context


def _of(resource: str) -> dict[str, tuple[str, ...]]:
    account = _components(resource)[4]
    return {"aws:resourceaccount": (account,)} if account.isdecimal() else {}


def _components(arn: str) -> list[str]:
    """The six of an ARN; empty ones of what is none."""
    parts = arn.split(":", 5)
    return parts if len(parts) == 6 else [""] * 6
