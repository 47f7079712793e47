"""The ordinary path against moto, an implementation of AWS that is not ours, over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from accounts.aws.connection import Credentials, connect
from accounts.aws.sample import NotLoopback, create_sample
from accounts.crawl import read_organization
from accounts.sample import SampleOrganization, SampleUnit, example_corp
from accounts.snapshot import AccountState
from accounts.snapshot_codec import digest, loads
from guardrails_portal.local import simulated_aws

ROOT = Path(__file__).parents[3]


def units_of(unit: SampleUnit) -> list[SampleUnit]:
    return [unit, *(one for below in unit.units for one in units_of(below))]


@pytest.mark.usefixtures("sample_aws")
def test_the_sample_organization_is_crawled_as_its_file_describes_it() -> None:
    snapshot = read_organization(connect(share=1000))
    described = units_of(example_corp().root)
    assert {one.name for one in snapshot.units} == {one.name for one in described}
    accounts = [account for unit in described for account in unit.each_account()]
    assert {one.name for one in snapshot.accounts} == {one.name for one in accounts} | {"master"}
    suspended = {one.name for one in snapshot.accounts if one.state is AccountState.SUSPENDED}
    assert suspended == {one.name for one in accounts if one.state is AccountState.SUSPENDED}
    unattached = [one.name for one in snapshot.policies if one.content is None]
    assert unattached == ["Baseline 2018 (retired)"]


def test_a_second_start_finds_the_same_organization(aws: str) -> None:
    of_two_units = example_corp().root.units[:2]
    few = SampleOrganization(
        example_corp().policies, replace(example_corp().root, units=of_two_units)
    )
    create_sample(few)
    first = read_organization(connect(share=1000))
    assert len(first.units) > 2
    simulated_aws.reset(aws)
    create_sample(few)
    assert digest(read_organization(connect(share=1000))) == digest(first)


@pytest.mark.usefixtures("sample_aws")
def test_a_role_is_assumed_with_its_external_id() -> None:
    role = Credentials(role_arn="arn:aws:iam::123456789012:role/Portal", external_id="example")
    assert read_organization(connect(role, share=1000)).organization.partition == "aws"


def test_nothing_is_created_anywhere_but_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for endpoint in ("", "https://organizations.us-east-1.amazonaws.com", "http://10.0.0.1:5000"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        with pytest.raises(NotLoopback, match="only created at a loopback address"):
            create_sample(example_corp())


def crawl(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it, where database, broker and cache are down."""
    down = {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
        "CELERY_BROKER_URL": "redis://127.0.0.1:9/0",
        "CACHE_URL": "redis://127.0.0.1:9/1",
        "CRAWL_RATE_SHARE": "1000",
    }
    command = [sys.executable, str(ROOT / "manage.py"), "crawl", *arguments]
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **down, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.usefixtures("sample_aws")
def test_a_snapshot_file_needs_no_database_broker_or_cache(tmp_path: Path) -> None:
    done = crawl("--output", "snapshot.json", cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    snapshot = loads((tmp_path / "snapshot.json").read_text(encoding="utf-8"))
    assert digest(snapshot) == digest(read_organization(connect(share=1000)))
    assert "protect-cloudtrail" in done.stdout
    assert [one.name for one in tmp_path.iterdir()] == ["snapshot.json"]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
            "DescribeOrganization failed with EndpointConnectionError: AWS can't be reached",
        ),
        (
            {
                "AWS_ACCESS_KEY_ID": "",
                "AWS_SECRET_ACCESS_KEY": "",
                "AWS_EC2_METADATA_DISABLED": "true",
                "HOME": "/nonexistent",
            },
            "DescribeOrganization failed with NoCredentialsError: no AWS credentials were found",
        ),
        ({}, "failed with AWSOrganizationsNotInUseException: this account is in no organization"),
    ],
)
def test_a_failed_crawl_ends_in_one_sentence_and_leaves_the_file_as_it_was(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    (tmp_path / "snapshot.json").write_text("as it was", encoding="utf-8")
    done = crawl("--output", "snapshot.json", cwd=tmp_path, **environment)
    assert done.returncode == 2
    assert sentence in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert (tmp_path / "snapshot.json").read_text(encoding="utf-8") == "as it was"
    assert [one.name for one in tmp_path.iterdir()] == ["snapshot.json"]


@pytest.mark.usefixtures("aws")
def test_a_file_that_can_not_be_written_is_said_before_anything_is_read(tmp_path: Path) -> None:
    done = crawl("--output", "no/such/folder/snapshot.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "can't be written: name a file in a folder" in done.stderr


@pytest.mark.usefixtures("aws")
def test_a_database_that_is_down_is_said_in_one_sentence(tmp_path: Path) -> None:
    done = crawl(cwd=tmp_path)
    assert done.returncode == 2
    assert "The database can't be used" in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr
