"""`.env.example` names every setting, and no setting that is not one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.test_compose import TEXT as COMPOSE

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = (ROOT / ".env.example").read_text()
NAMED = set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE))
# Read by Docker Compose, boto3, gunicorn and prometheus-client themselves.
BY_OTHERS = {
    *("POSTGRES_PASSWORD", "VALKEY_PASSWORD", "PORTAL_PORT", "PORTAL_VERSION", "WEB_CONCURRENCY"),
    "PROMETHEUS_MULTIPROC_DIR",
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"),
}


def read_by_the_portal() -> set[str]:
    """The names that guardrails_portal.environment and .delivery ask for."""
    names: set[str] = set()
    files = [ROOT / "guardrails_portal" / f"{name}.py" for name in ("environment", "delivery")]
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text()))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="given"), attr=kind),
                args=[ast.Constant(value=str(name)), *_],
            ):
                names |= {name, f"{name}_FILE"} if kind in ("secret", "url") else {name}
    return names


def test_the_example_names_every_setting_and_no_other() -> None:
    assert read_by_the_portal() | BY_OTHERS == NAMED


def test_no_secret_has_a_value_in_the_example() -> None:
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert set(given) == {"SECRET_KEY", "ALLOWED_HOSTS", "POSTGRES_PASSWORD", "VALKEY_PASSWORD"}
    assert set(given.values()) == {""}


def test_every_variable_of_the_compose_file_is_explained() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    handed_on = set(re.findall(r"^      ([A-Z_]+):$", COMPOSE, re.MULTILINE))
    assert handed_on
    assert (used | handed_on) - NAMED == set()


def test_the_compose_file_hands_on_every_setting() -> None:
    """But those of files, which Compose mounts as secrets, and what no deployment has."""
    settings = {name for name in NAMED if not name.endswith("_FILE")} - {"DEBUG"}
    handed_on = set(re.findall(r"\b([A-Z][A-Z_]+)\b", COMPOSE))
    assert settings - handed_on == set()


def test_a_file_of_settings_stays_out_of_git_and_of_the_image() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
