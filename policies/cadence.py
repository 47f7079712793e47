"""When a schedule is due: hours in a time zone, over clock changes, short months and leap days.

A slot is the moment of one sending, in UTC. Where the clock jumps over the hour (spring), the
slot is the moment of the jump; where the hour comes twice (autumn), it is the first of them.
"""

import enum
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class Frequency(enum.StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Cadence:
    """`weekday` counts from Monday = 0 and is of weekly ones, `day` of monthly ones.

    Day 31 of a shorter month is its last day. `time_zone` is a name of the IANA database.
    """

    frequency: Frequency
    hour: int
    time_zone: str
    weekday: int = 0
    day: int = 1

    def next_after(self, moment: datetime) -> datetime:
        """The first slot later than `moment`."""
        return next(slot for slot in self._slots(moment) if slot > moment)

    def latest_until(self, moment: datetime) -> datetime:
        """The last slot not later than `moment`."""
        found = None
        for slot in self._slots(moment):
            if slot > moment:
                break
            found = slot
        assert found is not None  # noqa: S101 - INVARIANT: _slots begins long before `moment`
        return found

    def _slots(self, around: datetime) -> Iterator[datetime]:
        """Slots in order, from one at least a day before `around`."""
        zone = ZoneInfo(self.time_zone)
        for day in self._days(around.astimezone(zone).date()):
            yield datetime.combine(day, time(self.hour), zone).astimezone(UTC)

    def _days(self, around: date) -> Iterator[date]:
        """Days of the local calendar, from one at least two before `around`."""
        if self.frequency is Frequency.MONTHLY:
            yield from self._days_of_months(around)
            return
        weekly = self.frequency is Frequency.WEEKLY
        back = around.weekday() - self.weekday + 14 if weekly else 2
        day = around - timedelta(days=back)
        while True:
            yield day
            day += timedelta(days=7 if weekly else 1)

    def _days_of_months(self, around: date) -> Iterator[date]:
        # Months since the year 0; two back, since the day may lie at the end of the last one.
        month = 12 * around.year + around.month - 1 - 2
        while True:
            year, index = divmod(month, 12)
            yield date(year, index + 1, min(self.day, monthrange(year, index + 1)[1]))
            month += 1
