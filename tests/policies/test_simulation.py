"""A witness as a command: what a shell makes of it is what was meant."""

from __future__ import annotations

import json
import shlex
import subprocess

from policies.selectors.simulation import simulate_command

WITNESS = {
    "action": "iam:CreateLoginProfile",
    "resource": "arn:aws:iam::111122223333:user/O'Hara $(touch x)",
    "principal_arn": "arn:aws:iam::111122223333:role/Developer",
    "context": {
        "aws:RequestedRegion": ["us-east-1"],
        "aws:TagKeys": ["a,b", "c"],
        "aws:SecureTransport": ["true"],
    },
}


def arguments(command: str) -> list[str]:
    """What `aws` is called with, by a real shell in which it only prints."""
    script = f"aws() {{ printf '%s\\n' \"$@\"; }}\n{command}".replace("aws organizations", "echo")
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_shell_hands_every_value_on_as_it_is() -> None:
    found = arguments(simulate_command(WITNESS, ["p-1", "p-FullAWSAccess"]))
    assert found[:3] == ["iam", "simulate-custom-policy", "--policy-input-list"]
    assert WITNESS["resource"] in found
    entries = json.loads(found[found.index("--context-entries") + 1])
    types = {one["ContextKeyName"]: one["ContextKeyType"] for one in entries}
    assert types == {
        "aws:PrincipalArn": "string",
        "aws:RequestedRegion": "string",
        "aws:TagKeys": "stringList",
        "aws:SecureTransport": "boolean",
    }
    assert next(one for one in entries if one["ContextKeyName"] == "aws:TagKeys")[
        "ContextKeyValues"
    ] == ["a,b", "c"]


def test_only_a_user_is_named_as_the_caller() -> None:
    assert "--caller-arn" not in simulate_command(WITNESS, ["p-1"])
    user = WITNESS | {"principal_arn": "arn:aws:iam::111122223333:user/ada"}
    assert "--caller-arn arn:aws:iam::111122223333:user/ada" in simulate_command(user, ["p-1"])


def test_an_action_without_resource_names_none() -> None:
    command = simulate_command(WITNESS | {"resource": "*"}, ["p-1"])
    assert "--resource-arns" not in command
    assert shlex.split(command)
