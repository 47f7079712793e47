"""The portal's own processes under `./portal`: web, worker and beat."""

from dataclasses import replace
from pathlib import Path
from signal import SIGQUIT

from guardrails_portal import processes
from guardrails_portal.local.children import Child, Recipe
from guardrails_portal.local.folders import PROJECT, Folders


def start_web(folders: Folders, port: int) -> Child:
    command = processes.command("web", "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "1")
    recipe = _recipe(folders, "web", command)
    # gunicorn takes its own children along on this signal, and is quick about it.
    return Child(replace(recipe, stop_signal=SIGQUIT, orphan_signal=SIGQUIT))


def start_worker(folders: Folders) -> Child:
    return Child(_recipe(folders, "worker", processes.command("worker")))


def start_beat(folders: Folders) -> Child:
    # A crawl has just been asked for: the clock starts anew.
    for old in folders.state.glob("schedule*"):
        old.unlink()
    return Child(
        _recipe(folders, "beat", processes.command("beat", "--schedule", schedule(folders)))
    )


def schedule(folders: Folders) -> str:
    return str(folders.state / "schedule")


def _recipe(folders: Folders, name: str, command: list[str]) -> Recipe:
    environment = processes.environment() | {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
    return Recipe(name, command, folders.log(name), environment, folder=Path(PROJECT))
