"""docker-compose.yml and Dockerfile, as far as they can be held to account without an engine."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from guardrails_portal import processes

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OWN = ("web", "worker", "beat", "migrate")
every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def test_it_is_a_compose_file_by_the_specification() -> None:
    vendor = resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((vendor / "compose-spec.json").read_text())
    problems = jsonschema.validators.validator_for(schema)(schema).iter_errors(COMPOSE)
    assert [problem.message for problem in problems] == []


def test_the_schema_would_notice_a_misspelt_key() -> None:
    vendor = resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((vendor / "compose-spec.json").read_text())
    wrong: Any = {"services": {"web": {"image": "x", "read_onli": True}}}
    assert list(jsonschema.validators.validator_for(schema)(schema).iter_errors(wrong))


def test_everything_a_deployment_needs_is_there() -> None:
    assert set(SERVICES) == {*OWN, "postgres", "valkey"}
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["valkey"]["image"] == "valkey/valkey:9"


@every_service
def test_no_service_can_write_to_its_image_gain_rights_or_be_root(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["user"].split(":")[0] not in ("", "0", "root")


@every_service
def test_every_service_that_stays_up_says_whether_it_is_well(name: str) -> None:
    check = SERVICES[name].get("healthcheck", {})
    assert ("test" in check) is (name != "migrate")


@every_service
def test_no_secret_has_a_default(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        # A key alone hands on what the environment has.
        if value is not None and re.search(r"SECRET|PASSWORD|TOKEN", f"{key} {value}"):
            assert re.search(r"\$\{[A-Z_]+(:\?[^}]+)?\}", value), key
            assert not re.search(r"\$\{(SECRET_KEY|\w+_PASSWORD):?-", value), key


def test_each_secret_missing_from_the_environment_stops_the_start() -> None:
    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD"):
        assert f"${{{secret}:?" in TEXT


def test_the_database_and_the_broker_are_reached_from_inside_only() -> None:
    assert COMPOSE["networks"]["data"]["internal"] is True
    for name in ("postgres", "valkey"):
        assert SERVICES[name]["networks"] == ["data"]
        assert "ports" not in SERVICES[name]
    assert [port.split(":")[0] for port in SERVICES["web"]["ports"]] == ["127.0.0.1"]


def test_what_must_survive_lies_on_named_volumes() -> None:
    mounts = {
        name: mount.split(":")[0]
        for name, service in SERVICES.items()
        for mount in service.get("volumes", [])
    }
    assert mounts == {"postgres": "postgres", "valkey": "valkey", "beat": "schedule"}
    assert set(COMPOSE["volumes"]) == set(mounts.values())
    # From 18 on the image keeps its data one folder higher.
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_a_process_starts_migrated_and_by_the_portals_own_command_line(name: str) -> None:
    service = SERVICES[name]
    assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert service["command"][:4] == ["python", "-m", processes.__name__, name]
    assert service["healthcheck"]["test"][-2:] == ["check", name]
    assert name in processes.COMMANDS
    assert name in processes.CHECKS


def test_the_image_is_built_from_the_lock_by_hash() -> None:
    installs = [line for line in re.split(r"(?<!\\)\n|&&", DOCKERFILE) if "pip install" in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line for line in installs)
    assert "--constraint requirements.lock" in DOCKERFILE


def test_the_image_runs_as_nobody_in_particular_and_starts_the_web_process() -> None:
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["python:3.13-slim"] * 2
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == [SERVICES["web"]["user"]]
    [line] = re.findall(r"^CMD (\[.*\])", DOCKERFILE, re.MULTILINE)
    assert json.loads(line) == SERVICES["web"]["command"]
    assert (
        json.loads(re.findall(r"CMD (\[.*check.*\])", DOCKERFILE)[0])
        == (SERVICES["web"]["healthcheck"]["test"][1:])
    )


def test_the_image_holds_what_it_copies_and_nothing_of_the_demo() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split("\n")
    sources = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    for source in {word for line in sources for word in line.split()}:
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored
    assert "guardrails_portal/local" in ignored
