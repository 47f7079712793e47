"""Folders that others could have prepared are not trusted."""

from __future__ import annotations

import stat
import tempfile
from pathlib import Path

import pytest

from guardrails_portal.local.children import ServiceError
from guardrails_portal.local.folders import make_folders
from guardrails_portal.local.hold import held, secret_key, variables_of_holder


def test_nobody_else_can_enter(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o777)

    make_folders(state, "unused")

    assert stat.S_IMODE(state.stat().st_mode) & 0o007 == 0


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    state = tmp_path / "state"
    state.symlink_to(elsewhere)

    with pytest.raises(ServiceError, match="is not a folder of this user: remove it"):
        make_folders(state, "unused")


def test_sockets_lie_elsewhere_where_the_path_cannot_be_a_sockets(tmp_path: Path) -> None:
    name = f"portal-test-{tmp_path.name}"
    state = tmp_path / "with a space"

    folders = make_folders(state, name)

    assert folders.sockets == Path(tempfile.gettempdir()).resolve() / name
    folders.sockets.rmdir()


def test_the_secret_key_outlives_a_restart_and_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    folders = make_folders(tmp_path / "state", f"portal-test-{tmp_path.name}")

    key = secret_key(folders)

    assert len(key) > 50
    assert secret_key(folders) == key
    assert stat.S_IMODE((folders.state / "secret-key").stat().st_mode) == 0o600


def test_services_are_held_by_one_and_let_go_at_its_end(tmp_path: Path) -> None:
    folders = make_folders(tmp_path / "state", f"portal-test-{tmp_path.name}")

    with (
        held(folders, "`./portal demo`"),
        pytest.raises(ServiceError, match=r"in use by `\./portal demo`"),
        held(folders, "`./portal run`"),
    ):
        pytest.fail("held twice")

    assert variables_of_holder(folders) == {}
    with held(folders, "`./portal run`"):
        pass
