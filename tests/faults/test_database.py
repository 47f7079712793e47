"""The database goes away, fills up, or is carried elsewhere."""

from __future__ import annotations

import os
import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import Patient, wait_for
from tests.faults.test_kills import POSTGRES
from tests.simulated import SimulatedOrganization


def test_a_restart_while_pages_are_read_costs_a_moment(patient: Patient) -> None:
    """Each request is answered, if by a refusal, and after the restart all is as before."""
    stopped = threading.Event()
    answers: list[int] = []
    readers = [
        threading.Thread(target=read_until, args=[stopped, patient, answers]) for _ in range(6)
    ]
    for reader in readers:
        reader.start()
    wait_for(lambda: len(answers) > 20, "pages are read")
    os.kill(patient.process(POSTGRES), signal.SIGINT)
    wait_for(lambda: patient.assessments() > 0, "the database is back")
    seen = len(answers)
    wait_for(lambda: len(answers) > seen + 40, "pages are read again")
    stopped.set()
    for reader in readers:
        reader.join(30)
    assert answers[-10:] == [200] * 10
    assert set(answers) <= {200, 500, 503}


def read_until(stopped: threading.Event, patient: Patient, answers: list[int]) -> None:
    """Ask for the log-in page and for readiness, which both need the database."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while not stopped.is_set():
        for path in ("login/", "health/ready"):
            try:
                with opener.open(f"{patient.running.address}{path}", timeout=20) as answer:
                    answers.append(answer.status)
            except urllib.error.HTTPError as refusal:
                answers.append(refusal.code)


def test_a_full_disk_stops_the_crawl_and_nothing_else(patient: Patient) -> None:
    if not patient.has_small_disk:
        pytest.skip("no small file system can be mounted here")
    before = patient.posture()
    for unit in patient.organization.units.values():
        unit.name = f"{unit.name} {'renamed ' * 12}"
    with ExitStack() as until_the_end:
        full = threading.Event()

        # Once the task is taken: on a full disk the broker hands out none.
        def fill(_: SimulatedOrganization) -> None:
            until_the_end.enter_context(full_disk(patient.portal.state))
            full.set()

        patient.at("DescribePolicy", fill)
        patient.ask_for_crawl()
        assert full.wait(30)
        wait_for(lambda: patient.last_crawl()[0] != "running", "the crawl has failed")
        state, sentence = patient.last_crawl()
        assert state == "failed"
        assert "what was known before is unchanged" in sentence
        assert patient.posture() == before
    patient.crawls_well()


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Take every byte that is left there."""
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            block = b"x" * 1_048_576
            while block:
                try:
                    file.write(block)
                except OSError:
                    block = block[: len(block) // 2]
        yield
    finally:
        filler.unlink()
