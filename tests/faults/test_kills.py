"""kill -9 of each process at an awkward moment: nothing committed is lost, and work goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest

from guardrails_portal.local import postgres
from tests.faults.conftest import Patient, wait_for
from tests.simulated import SimulatedOrganization

POSTGRES = "/postgres -D "
VALKEY = "valkey-server "
WEB = "gunicorn guardrails_portal.wsgi"
WORKER = "guardrails_portal worker"
BEAT = "guardrails_portal beat"


def rename_a_unit(organization: SimulatedOrganization) -> None:
    """A change that a crawl must find and store."""
    unit = next(one for one in organization.units.values() if one.parent_id is not None)
    unit.name = f"{unit.name} again"


@contextmanager
def storing_held(patient: Patient) -> Iterator[None]:
    """Let the next crawl judge, and hold it in the middle of what it stores."""
    rename_a_unit(patient.organization)
    connection = psycopg2.connect(postgres.url(patient.folders, "portal"))
    try:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE policies_assessment IN EXCLUSIVE MODE")
        patient.ask_for_crawl()
        waiting = (
            "SELECT count(*) FROM pg_locks "
            "WHERE NOT granted AND relation = 'policies_assessment'::regclass"
        )
        wait_for(lambda: bool(patient.value(waiting)), "the crawl stores its posture")
        yield
    finally:
        connection.close()


@pytest.mark.parametrize("victim", [WORKER, POSTGRES, VALKEY, WEB, BEAT])
def test_a_kill_while_aws_is_read(patient: Patient, victim: str) -> None:
    before = patient.assessments()
    killed = threading.Event()

    def kill(_: SimulatedOrganization) -> None:
        patient.kill(victim)
        killed.set()

    rename_a_unit(patient.organization)
    patient.at("DescribePolicy", kill, after=3)
    patient.ask_for_crawl()
    assert killed.wait(30)
    wait_for(lambda: patient.assessments() >= before, "the database is back")
    patient.crawls_well()
    told = "SELECT count(*) FROM accounts_crawl WHERE error LIKE '%cut off%'"
    assert victim != WORKER or patient.value(told) == 1


@pytest.mark.parametrize("victim", [WORKER, POSTGRES])
def test_a_kill_while_posture_is_stored(patient: Patient, victim: str) -> None:
    before = patient.posture()
    with storing_held(patient):
        killed = patient.value("SELECT max(id) FROM accounts_crawl")
        patient.kill(victim)
    wait_for(lambda: patient.posture() == before, "the former posture stands")
    patient.crawls_well()
    # What it had read is judged by the next, once.
    state = f"SELECT state FROM accounts_crawl WHERE id = {killed}"  # noqa: S608
    assert victim != WORKER or patient.value(state) == "completed"
    assert patient.value("SELECT count(*) FROM accounts_unjudgedsnapshot") == 0
