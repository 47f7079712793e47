"""Names of condition keys as AWS's documentation spells them."""

from __future__ import annotations

from typing import Final

from policies.analysis.keys import TAG_FAMILIES

_AS_AWS_SPELLS: Final = (
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaAWSMCP",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:IsMcpServiceAction",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalTag",
    "aws:PrincipalType",
    "aws:RequestTag",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:ResourceTag",
    "aws:SecureTransport",
    "aws:SignInSessionArn",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSMCPService",
    "aws:ViaAWSService",
    "aws:ViaCustomerDomain",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceARN",
    "iam:AWSServiceName",
    "iam:AssociatedResourceArn",
    "iam:PassedToService",
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
    "iam:ResourceTag",
    "iam:RoleTemplateARN",
    "lambda:SourceFunctionArn",
    "organizations:PolicyType",
    "organizations:ServicePrincipal",
    "organizations:TransferDirection",
    "organizations:TransferType",
    "s3:ResourceAccount",
    "s3:TlsVersion",
    "s3:authType",
    "s3:signatureAge",
)
_SPELLING: Final = {name.lower(): name for name in _AS_AWS_SPELLS}


def spelled(key: str) -> str:
    """A key in lower case as AWS spells it; one that is not known stays as it is."""
    known = _SPELLING.get(key)
    if known is not None:
        return known
    family, slash, tag = key.partition("/")
    return f"{_SPELLING[family]}/{tag}" if slash and family in TAG_FAMILIES else key
