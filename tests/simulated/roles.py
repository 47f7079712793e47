"""The one API of AWS STS that a crawl may need."""

from __future__ import annotations

from urllib.parse import parse_qs

_ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleResult><Credentials>
<AccessKeyId>ASIASIMULATED</AccessKeyId><SecretAccessKey>simulated</SecretAccessKey>
<SessionToken>simulated</SessionToken><Expiration>2199-12-31T23:59:59Z</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>"""
_DENIED = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>
<Type>Sender</Type><Code>AccessDenied</Code>
<Message>User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole</Message>
</Error></ErrorResponse>"""


def assume_role(body: str, external_id: str) -> tuple[int, str]:
    """Status and XML of the answer: credentials for whoever knows the external id."""
    given = parse_qs(body).get("ExternalId", [""])[0]
    return (200, _ASSUMED) if given == external_id else (403, _DENIED)
