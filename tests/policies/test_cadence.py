"""Slots of schedules: every one exactly once, at the hour that the wall shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cadence import Cadence, Frequency

# With clock changes of an hour and of half an hour, none, halves and quarters of hours, a day
# that never was (Apia, 30 December 2011), and changes at midnight.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Santiago",
    "Africa/Cairo",
    "UTC",
)
cadences = st.builds(
    Cadence,
    st.sampled_from(Frequency),
    hour=st.integers(0, 23),
    time_zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    day=st.integers(1, 31),
)
moments = st.integers(0, 40 * 366 * 24 * 60).map(
    lambda minutes: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(cadence: Cadence, slot: datetime) -> datetime:
    return slot.astimezone(ZoneInfo(cadence.time_zone))


@given(cadences, moments)
def test_the_next_slot_is_later_and_none_lies_between(cadence: Cadence, moment: datetime) -> None:
    slot = cadence.next_after(moment)
    assert slot > moment
    assert cadence.latest_until(moment) <= moment
    assert cadence.next_after(cadence.latest_until(moment)) == slot
    assert cadence.latest_until(slot) == slot
    assert cadence.latest_until(slot - timedelta(microseconds=1)) <= moment


@given(cadences, moments)
def test_the_wall_shows_the_hour_but_where_the_clock_jumps_over_it(
    cadence: Cadence, moment: datetime
) -> None:
    slot = cadence.next_after(moment)
    shown = wall(cadence, slot)
    just_before = wall(cadence, slot - timedelta(seconds=1))
    jumped = shown.utcoffset() != just_before.utcoffset() and shown.fold == 0
    assert (shown.hour, shown.minute, shown.fold) == (cadence.hour, 0, 0) or jumped


@given(cadences, moments)
def test_a_year_of_slots_falls_on_each_day_week_or_month_once(
    cadence: Cadence, moment: datetime
) -> None:
    slots = [cadence.next_after(moment)]
    while slots[-1] < moment + timedelta(days=366):
        slots.append(cadence.next_after(slots[-1]))
    days = [wall(cadence, slot).date() for slot in slots]
    assert len(set(days)) == len(days)
    steps = {(later - earlier).days for earlier, later in pairwise(days)}
    match cadence.frequency:
        case Frequency.DAILY:
            # Two where a day was left out of the calendar.
            assert steps <= {1, 2}
        case Frequency.WEEKLY:
            assert steps <= {6, 7, 8}
        case Frequency.MONTHLY:
            assert len({(day.year, day.month) for day in days}) == len(days)
            assert steps <= set(range(27, 33))


@pytest.mark.parametrize(
    ("cadence", "after", "slot"),
    [
        # Spring: 02:00 does not exist in Berlin on 29 March 2026, and the clock jumps at 01:00 UTC.
        (Cadence(Frequency.DAILY, 2, "Europe/Berlin"), "2026-03-28T12:00", "2026-03-29T01:00"),
        (Cadence(Frequency.DAILY, 8, "Europe/Berlin"), "2026-03-28T07:00", "2026-03-29T06:00"),
        # Autumn: 02:00 comes twice on 25 October 2026; the first of them, and no second.
        (Cadence(Frequency.DAILY, 2, "Europe/Berlin"), "2026-10-24T12:00", "2026-10-25T00:00"),
        (Cadence(Frequency.DAILY, 2, "Europe/Berlin"), "2026-10-25T00:00", "2026-10-26T01:00"),
        # Half an hour: 02:00 to 02:30 is left out on Lord Howe on 4 October 2026.
        (
            Cadence(Frequency.DAILY, 2, "Australia/Lord_Howe"),
            "2026-10-03T00:00",
            "2026-10-03T15:30",
        ),
        (Cadence(Frequency.MONTHLY, 8, "UTC", day=31), "2026-01-31T08:00", "2026-02-28T08:00"),
        (Cadence(Frequency.MONTHLY, 8, "UTC", day=31), "2028-02-01T00:00", "2028-02-29T08:00"),
        (Cadence(Frequency.MONTHLY, 8, "UTC", day=29), "2027-02-01T00:00", "2027-02-28T08:00"),
        (Cadence(Frequency.MONTHLY, 8, "UTC", day=31), "2026-04-01T00:00", "2026-04-30T08:00"),
        (Cadence(Frequency.MONTHLY, 0, "UTC", day=1), "2026-12-31T23:59", "2027-01-01T00:00"),
        # Monday in Auckland begins on Sunday in UTC.
        (Cadence(Frequency.WEEKLY, 8, "Pacific/Auckland"), "2026-11-21T00:00", "2026-11-22T19:00"),
    ],
)
def test_clock_changes_short_months_and_leap_days(cadence: Cadence, after: str, slot: str) -> None:
    assert cadence.next_after(utc(after)) == utc(slot)


def test_a_day_that_was_left_out_of_the_calendar_is_not_sent_twice() -> None:
    daily = Cadence(Frequency.DAILY, 8, "Pacific/Apia")
    first = daily.next_after(utc("2011-12-28T20:00"))
    assert wall(daily, first).date().isoformat() == "2011-12-29"
    assert wall(daily, daily.next_after(first)).date().isoformat() == "2011-12-31"
