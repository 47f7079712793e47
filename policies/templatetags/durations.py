"""Lengths of time, and of time × accounts, short enough for a table."""

from datetime import timedelta

from django import template

register = template.Library()

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@register.filter
def lasting(time: timedelta) -> str:
    """In its two largest units: "12 d 4 h", "3 h 20 min", "less than a minute"."""
    days, rest = divmod(time, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // timedelta(minutes=1)
    if days:
        return f"{days:,} d {hours} h" if hours else f"{days:,} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else "less than a minute"


@register.filter
def to_the_second(time: timedelta) -> str:
    """Of what takes seconds or minutes, in its two largest units: "2 s", "4 min 10 s"."""
    if time >= _HOUR:
        return lasting(time)
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


@register.filter
def account_days(time: timedelta) -> str:
    """Time × accounts as whole days of one account; what is less than one is not nothing."""
    if not time:
        return "0"
    return f"{time // _DAY:,}" if time >= _DAY else "<1"


@register.filter
def exposed(time: timedelta) -> str:
    """The same in words: "412 account-days exposed"."""
    if not time:
        return "not exposed"
    return f"{account_days(time)} account-day{'s' * (time >= 2 * _DAY)} exposed"
