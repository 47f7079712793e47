"""`decide`, run as people run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
MANAGEMENT, MEMBER = "111111111111", "222222222222"


def policy(policy_id: str, *statements: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": policy_id,
        "name": policy_id,
        "type": "SERVICE_CONTROL_POLICY",
        "aws_managed": False,
        "content": json.dumps({"Version": "2012-10-17", "Statement": list(statements)}),
    }


def account(account_id: str) -> dict[str, Any]:
    return {
        "id": account_id,
        "name": "an account",
        "email": "a@example.com",
        "state": "ACTIVE",
        "parent_id": "ou-ab12-11111111",
    }


SNAPSHOT: dict[str, Any] = {
    "format": "guardrails-portal/organization-snapshot",
    "version": 1,
    "taken_at": "2026-11-23T10:00:00Z",
    "organization": {
        "id": "o-exampleorg1",
        "partition": "aws",
        "management_account_id": MANAGEMENT,
        "feature_set": "ALL",
    },
    "policy_types": [{"type": "SERVICE_CONTROL_POLICY", "status": "ENABLED"}],
    "units": [
        {"id": "r-ab12", "name": "Root", "parent_id": None},
        {"id": "ou-ab12-11111111", "name": "Workloads", "parent_id": "r-ab12"},
    ],
    "accounts": [account(MANAGEMENT), account(MEMBER)],
    "policies": [
        policy("p-full0000", {"Effect": "Allow", "Action": "*", "Resource": "*"}),
        policy(
            "p-leave000",
            {
                "Sid": "Stay",
                "Effect": "Deny",
                "Action": "organizations:LeaveOrganization",
                "Resource": "*",
                "Condition": {
                    "StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"},
                    "ForAnyValue:StringLike": {
                        "aws:PrincipalOrgPaths": "o-exampleorg1/r-ab12/ou-ab12-11111111/*"
                    },
                },
            },
            {
                "Effect": "Deny",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {"StringLik": {"aws:username": "x"}},
            },
        ),
    ],
    "attachments": [
        {"policy_id": "p-full0000", "target_id": "r-ab12"},
        {"policy_id": "p-leave000", "target_id": "r-ab12"},
        {"policy_id": "p-full0000", "target_id": "ou-ab12-11111111"},
        {"policy_id": "p-full0000", "target_id": MEMBER},
    ],
}


def request(action: str, account_id: str = MEMBER, resource: str = "*") -> str:
    principal = f"arn:aws:iam::{account_id}:role/Admin"
    return json.dumps({"action": action, "resource": resource, "principal_arn": principal})


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(SNAPSHOT))
    return path


def decide(
    file: Path | str, account_id: str, given: str | bytes
) -> subprocess.CompletedProcess[bytes]:
    # No database, no secret, no broker: nothing but the file is needed.
    environment = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", "decide", str(file), "--account", account_id],
        input=given if isinstance(given, bytes) else given.encode(),
        capture_output=True,
        check=False,
        env=environment,
    )


def answers(file: Path, account_id: str, *requests: str) -> list[dict[str, Any]]:
    done = decide(file, account_id, "\n".join(requests))
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.splitlines()]


def refusal(done: subprocess.CompletedProcess[bytes]) -> str:
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.decode().splitlines()
    return line


def test_each_request_is_answered_on_a_line_of_its_own(snapshot: Path) -> None:
    found = answers(
        snapshot,
        MEMBER,
        request("organizations:LeaveOrganization"),
        "",
        request("iam:CreateRole"),
        request("s3:ListAllMyBuckets"),
    )
    assert [one["decision"] for one in found] == ["explicitDeny", "allowed", "indeterminate"]
    assert found[0]["evidence"] == [
        {
            "policy_id": "p-leave000",
            "statement": 0,
            "sid": "Stay",
            "target_id": "r-ab12",
            "effect": "Deny",
        }
    ]
    assert [one["target_id"] for one in found[1]["evidence"]] == [
        "r-ab12",
        "ou-ab12-11111111",
        MEMBER,
    ]
    assert found[2]["points"] == [
        "policy p-leave000, statement 1, Condition.StringLik.aws:username: unknown operator"
    ]


def test_no_scp_affects_the_management_account(snapshot: Path) -> None:
    leave = request("organizations:LeaveOrganization", MANAGEMENT)
    assert answers(snapshot, MANAGEMENT, leave) == [{"decision": "allowed", "evidence": []}]


def test_no_scp_has_an_effect_where_the_type_is_not_enabled(tmp_path: Path) -> None:
    path = tmp_path / "disabled.json"
    path.write_text(json.dumps(SNAPSHOT | {"policy_types": []}))
    leave = request("organizations:LeaveOrganization")
    assert answers(path, MEMBER, leave) == [{"decision": "allowed", "evidence": []}]


def test_no_request_has_no_answer(snapshot: Path) -> None:
    assert answers(snapshot, MEMBER) == []


def test_a_bad_line_is_named_and_nothing_is_answered(snapshot: Path) -> None:
    done = decide(snapshot, MEMBER, f"{request('iam:CreateRole')}\n{{")
    assert "line 2: column 2: not JSON" in refusal(done)


def test_a_principal_of_another_account_is_refused(snapshot: Path) -> None:
    done = decide(snapshot, MEMBER, request("iam:CreateRole", "333333333333"))
    assert "line 1: principal_arn: is in account 333333333333, not in 222222222222" in refusal(done)


def test_an_account_that_the_file_does_not_hold_is_named(snapshot: Path) -> None:
    assert "account 444444444444 is not in the snapshot" in refusal(
        decide(snapshot, "444444444444", "")
    )


def test_input_that_is_no_text_is_refused(snapshot: Path) -> None:
    assert "standard input: is not UTF-8 text" in refusal(decide(snapshot, MEMBER, b"\xff"))


def test_a_file_that_cannot_be_read_or_is_no_snapshot_is_named(tmp_path: Path) -> None:
    absent = tmp_path / "absent.json"
    assert f"{absent}: can't be read: No such file" in refusal(decide(absent, MEMBER, ""))
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff")
    assert f"{binary}: is not UTF-8 text" in refusal(decide(binary, MEMBER, ""))
    empty = tmp_path / "empty.json"
    empty.write_text("{")
    assert f"{empty}: line 1 column 2: not JSON" in refusal(decide(empty, MEMBER, ""))
