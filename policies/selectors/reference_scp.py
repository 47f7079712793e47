"""The SCP that enforces a guardrail, in each form in which people bring SCPs about."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from policies.analysis.guardrail import Guardrail


@dataclass(frozen=True, slots=True)
class ScpFile:
    """`form` is its word in addresses; `name` that of the file when it is saved."""

    form: str
    label: str
    name: str
    text: str


def reference_files(guardrail: Guardrail, root_id: str) -> Sequence[ScpFile]:
    """The SCP as JSON, and made and attached to the root by three tools.

    Nothing else is in them: whoever wants to begin with one OU writes its id for `root_id`.
    """
    id = guardrail.id
    return (
        ScpFile("json", "JSON", f"{id}.json", f"{guardrail.reference_scp}\n"),
        ScpFile("cli", "AWS CLI", f"{id}.sh", _cli(guardrail, root_id)),
        ScpFile("terraform", "Terraform", f"{id}.tf", _terraform(guardrail, root_id)),
        ScpFile(
            "cloudformation",
            "CloudFormation",
            f"{id}.cloudformation.json",
            _cloudformation(guardrail, root_id),
        ),
    )


def _cli(guardrail: Guardrail, root_id: str) -> str:
    # The CLI counts blanks towards the 10,240 characters of an SCP, the console does not.
    # Source: AWS Organizations User Guide, "Quotas for AWS Organizations".
    content = json.dumps(json.loads(guardrail.reference_scp), separators=(",", ":"))
    create = (
        "aws organizations create-policy --type SERVICE_CONTROL_POLICY",
        f"--name {guardrail.id}",
        f"--description {shlex.quote(guardrail.title)}",
        f"--content {shlex.quote(content)}",
        "--query Policy.PolicySummary.Id --output text",
    )
    making = " \\\n  ".join(create)
    return (
        f'policy_id="$({making})" &&\n'
        f'aws organizations attach-policy --policy-id "$policy_id" --target-id {root_id}\n'
    )


def _terraform(guardrail: Guardrail, root_id: str) -> str:
    # In a template `${` and `%{` begin what Terraform would fill in.
    content = guardrail.reference_scp.replace("${", "$${").replace("%{", "%%{")
    name = guardrail.id.replace("-", "_")
    lines = "\n".join(f"    {line}" for line in content.split("\n"))
    return f"""\
resource "aws_organizations_policy" "{name}" {{
  name        = "{guardrail.id}"
  description = {json.dumps(guardrail.title)}
  type        = "SERVICE_CONTROL_POLICY"
  content     = <<-JSON
{lines}
  JSON
}}

resource "aws_organizations_policy_attachment" "{name}" {{
  policy_id = aws_organizations_policy.{name}.id
  target_id = "{root_id}"
}}
"""


def _cloudformation(guardrail: Guardrail, root_id: str) -> str:
    logical_id = "".join(word.capitalize() for word in guardrail.id.split("-"))
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": guardrail.title,
        "Resources": {
            logical_id: {
                "Type": "AWS::Organizations::Policy",
                "Properties": {
                    "Type": "SERVICE_CONTROL_POLICY",
                    "Name": guardrail.id,
                    "Description": guardrail.title,
                    "TargetIds": [root_id],
                    "Content": json.loads(guardrail.reference_scp),
                },
            }
        },
    }
    return json.dumps(template, indent=2) + "\n"
