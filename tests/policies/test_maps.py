"""The pictures of the organization: what is drawn is what is there."""

from __future__ import annotations

import re

import pytest
from django.http import QueryDict

from policies.selectors.heat_map import HeatBlock, Run
from policies.selectors.icicle import Block
from policies.templatetags.maps import heat_block, icicle

RECTANGLE = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z")


def squares(path: str, pitch: int) -> list[tuple[int, int]]:
    """Columns and rows of the squares that the path covers."""
    found = []
    for x, y, width, height, _ in (map(int, one) for one in RECTANGLE.findall(path)):
        assert not any(one % pitch for one in (x, y, width, height))
        found += [
            ((x + dx) // pitch, (y + dy) // pitch)
            for dy in range(0, height, pitch)
            for dx in range(0, width, pitch)
        ]
    return found


@pytest.mark.parametrize("counts", [(1,), (3, 9), (50, 200, 7), (1_000, 1, 2_603)])
@pytest.mark.parametrize("singly", [True, False])
def test_each_account_has_one_square_and_no_two_share_one(
    counts: tuple[int, ...], singly: bool
) -> None:
    runs = tuple(Run(str(worth), accounts) for worth, accounts in enumerate(counts))
    drawn = heat_block(
        HeatBlock("ou-1", "Workloads", sum(counts), runs), QueryDict(), singly=singly
    )
    pitch = 14 if singly else 6
    paths = re.findall(r'class="heat-(\d)" d="([^"]+)"', drawn)
    areas = {worth: squares(path, pitch) for worth, path in paths}
    assert [len(areas[str(worth)]) for worth in range(len(counts))] == list(counts)
    every = [one for area in areas.values() for one in area]
    assert len(set(every)) == sum(counts)
    # Row by row, without a hole, within the picture.
    width, height = (int(one) for one in re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawn)[0])
    columns = width // pitch
    assert sorted(y * columns + x for x, y in every) == list(range(sum(counts)))
    assert max(y for _, y in every) * pitch < height


def test_a_block_is_named_where_a_name_fits_and_always_for_whoever_cannot_see_it() -> None:
    wide = Block("ou-1", "<Workloads>", 0, 0.0, 1.0, 99, 0.5)
    narrow = Block("ou-2", "Sandbox", 1, 0.0, 0.01, 1, 0.5)
    drawn = icicle([wide, narrow])
    assert "<span>&lt;Workloads&gt;</span>" in drawn
    assert "<span>Sandbox</span>" not in drawn
    assert "<title>Sandbox: 50 % enforced, 1 account</title>" in drawn
