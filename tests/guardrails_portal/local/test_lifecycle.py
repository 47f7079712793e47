"""`./portal demo` and `./portal run` from start to end, as a person lives through them."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guardrails_portal.local.portal import Portal, Running

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux ends the children of a killed parent"
)
COUNTS = (
    "from policies.models import *; now = AccountVersion.objects.filter(until=None); "
    "print(*now.values_list('organization__aws_id', flat=True).distinct(), now.count(), "
    "sum(map(int, now.values_list('aws_id', flat=True))))"
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    # Not below pytest's own folder, which root's Postgres could not enter.
    state = Path(tempfile.mkdtemp(prefix="portal-lifecycle-", dir="/var/tmp"))
    portal = Portal(state, tmp_path_factory.mktemp("portal") / "output")
    yield portal
    for process in portal.processes():
        os.kill(process, signal.SIGKILL)
    shutil.rmtree(state)


@pytest.fixture(scope="module")
def first(portal: Portal) -> Running:
    return portal.start("demo")


@pytest.fixture(scope="module")
def counts(portal: Portal, first: Running) -> str:
    return portal.do("shell", "--no-imports", "-c", COUNTS).stdout


def test_the_demo_ends_its_start_with_where_and_how_to_sign_in(first: Running) -> None:
    ready, sign_in = first.said.splitlines()[-2:]

    assert ready == f"Guardrails Portal is ready at {first.address}"
    assert sign_in == f"Log in as demo / {first.credentials[1]}"
    assert first.address.startswith("http://127.0.0.1:")


def test_each_service_has_a_line_with_its_address(first: Running) -> None:
    named = [line.split()[0] for line in first.said.splitlines() if line.startswith("  ")]

    assert {"postgres", "valkey", "moto", "web", "worker", "beat"} <= set(named)


def test_whoever_signs_in_sees_the_sample_organization(first: Running) -> None:
    assert "protect-cloudtrail" in first.matrix_after_sign_in()


def test_a_second_start_says_where_the_first_runs(portal: Portal, first: Running) -> None:
    done = portal.do("demo")

    assert done.returncode == 2
    assert f"in use by `./portal demo` at {first.address}: stop that first" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_refused(portal: Portal, first: Running) -> None:
    port = first.address.rstrip("/").rpartition(":")[2]

    done = portal.do("demo", "--port", port)

    assert done.returncode == 2
    assert done.stderr.startswith(f"Port {port} is in use")
    assert done.stderr.count("\n") == 1


def test_commands_use_the_services_of_the_portal_that_runs(counts: str) -> None:
    organization, accounts, _ = counts.split()

    assert organization.startswith("o-")
    assert int(accounts) > 100


def test_a_program_that_dies_is_started_again(portal: Portal, first: Running) -> None:
    (worker,) = (one for one, line in portal.processes().items() if " worker " in line)

    os.kill(worker, signal.SIGKILL)

    first.wait_for("worker ended unexpectedly and is started again")
    assert worker not in portal.processes()


@pytest.mark.usefixtures("counts")
def test_a_signal_ends_everything(portal: Portal, first: Running) -> None:
    assert first.stop(signal.SIGTERM) == 0

    assert first.said.endswith("Stopped.\n")
    assert portal.processes() == {}


def test_a_second_demo_finds_its_data_and_a_kill_leaves_nothing(
    portal: Portal, first: Running, counts: str
) -> None:
    old_password = first.credentials[1]
    second = portal.start("demo")

    assert second.credentials[1] != old_password
    assert portal.do("shell", "--no-imports", "-c", COUNTS).stdout == counts

    second.stop(signal.SIGKILL)
    assert portal.gone_within(5), portal.processes()


def test_real_use_starts_without_credentials_and_says_so(portal: Portal) -> None:
    running = portal.start("run")

    running.wait_for("no AWS credentials were found")
    assert running.credentials[0] == "admin"
    # The sample organization belongs to the demo's own database.
    assert portal.do("shell", "--no-imports", "-c", COUNTS).stdout.split() == ["0", "0"]
    assert running.stop(signal.SIGINT) == 0
    assert portal.processes() == {}


def test_a_command_without_a_running_portal_starts_what_it_needs(portal: Portal) -> None:
    done = portal.do("shell", "--no-imports", "-c", "raise SystemExit(7)")

    assert done.returncode == 7, done.stderr
    assert portal.processes() == {}


def test_what_reads_files_starts_nothing(tmp_path: Path) -> None:
    nowhere = Portal(tmp_path / "none" / "state", tmp_path / "output")

    done = nowhere.do("makemigrations", "--check")

    assert done.returncode == 0, done.stderr
    assert not nowhere.state.exists()
