"""Tasks that wait, and tasks that are asked for more than once.

A portal of their own: the supervisor gives up on what it has to start again too often.
"""

from __future__ import annotations

import threading

from tests.faults.conftest import Patient, wait_for
from tests.faults.test_kills import VALKEY, WORKER
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
