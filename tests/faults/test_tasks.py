"""Tasks that wait, and tasks that are asked for more than once.

A portal of their own: the supervisor gives up on what it has to start again too often.
"""

from __future__ import annotations

import threading

from tests.faults.conftest import Patient, wait_for
from tests.faults.test_kills import VALKEY, WORKER, rename_a_unit
from tests.simulated import SimulatedOrganization


def test_a_task_that_waits_outlives_worker_and_broker(patient: Patient) -> None:
    before = patient.assessments()
    patient.kill(WORKER)
    patient.ask_for_crawl()
    patient.kill(VALKEY)
    wait_for(lambda: patient.assessments() > before, "the task is taken all the same")
    assert patient.is_up_to_date()


def test_a_crawl_asked_for_many_times_runs_once_at_a_time(patient: Patient) -> None:
    before, ended = patient.assessments(), patient.ended()
    held, go_on = threading.Event(), threading.Event()

    def hold(_: SimulatedOrganization) -> None:
        held.set()
        go_on.wait(30)

    patient.at("ListRoots", hold)
    patient.ask_for_crawl()
    assert held.wait(30)
    for _ in range(5):
        patient.ask_for_crawl()
    wait_for(lambda: patient.waiting_tasks() == 0, "the worker has taken them all")
    go_on.set()
    wait_for(lambda: patient.ended() > ended, "the crawl ends")
    patient.crawls_well()
    assert patient.assessments() == before + 2
    assert patient.ended() == ended + 2


def test_a_crawl_that_died_with_its_worker_is_started_again_by_the_clock(patient: Patient) -> None:
    """Nobody asks for the next one: beat finds out, says so, and asks."""
    ended = patient.ended()
    killed = threading.Event()

    def kill(_: SimulatedOrganization) -> None:
        patient.kill(WORKER)
        killed.set()

    rename_a_unit(patient.organization)
    patient.at("DescribePolicy", kill, after=3)
    patient.ask_for_crawl()
    assert killed.wait(30)
    patient.fall_silent()
    wait_for(lambda: patient.ended() == ended + 2, "the lost one is noted, and another has ended")
    (lost,), _ = patient.rows(
        f"SELECT lost FROM accounts_crawl ORDER BY started_at OFFSET {ended}"  # noqa: S608
    )
    assert lost
    assert patient.last_crawl() == ("completed", "")
    assert patient.is_up_to_date()
