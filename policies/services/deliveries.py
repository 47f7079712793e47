"""The states of a delivery: the only place that changes them.

# INVARIANT: every change names the attempt that it belongs to, so that a worker whose lease is
# over, and whose delivery another has taken up, changes nothing any more.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from policies.models import Delivery, Report, ReportRecipient

LEASE: Final = timedelta(minutes=15)
# The wait after each failed attempt; the attempt after the last wait is the last.
WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
_State = Delivery.State
_CUT_OFF: Final = (
    "The worker stopped while it handed the report over, which may or may not have arrived. "
    "Ask the recipient, or send it again."
)
_WORKER: Final = "The worker stopped on the way."


def create_deliveries(report: Report, recipients: Iterable[ReportRecipient]) -> None:
    """One for each recipient; needs a transaction around it."""
    Delivery.objects.bulk_create(
        Delivery(
            report=report,
            kind=one.kind,
            address=one.address,
            shown=one.shown,
            secret=one.secret,
            next_attempt_at=timezone.now(),
        )
        for one in recipients
    )


def take_up(delivery_id: UUID, now: datetime) -> Delivery | None:
    """A delivery that is due, for this worker alone until its lease is over."""
    _drop_cut_off(delivery_id, now)
    claimed = (
        Delivery.objects.due(now)
        .filter(pk=delivery_id)
        .exclude(state=_State.SENDING)
        .update(state=_State.PREPARING, attempts=F("attempts") + 1, claimed_until=now + LEASE)
    )
    if not claimed:
        return None
    delivery = Delivery.objects.select_related("report").defer("report__content")
    return delivery.get(pk=delivery_id)


def begin_sending(delivery: Delivery, now: datetime) -> bool:
    """To be asked right before the first byte: no means that another has taken it up."""
    return _change(delivery, _State.PREPARING, state=_State.SENDING, claimed_until=now + LEASE)


def sent(delivery: Delivery, now: datetime) -> None:
    """True whatever was thought of it in the meantime."""
    done = {"state": _State.SENT, "sent_at": now, "claimed_until": None, "error": ""}
    Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts).update(**done)


def try_again(delivery: Delivery, sentence: str, now: datetime) -> None:
    """After a wait, or never where that was the last attempt."""
    if delivery.attempts > len(WAITS):
        fail(delivery, sentence)
        return
    _change(
        delivery,
        *Delivery.IN_HAND,
        state=_State.WAITING,
        next_attempt_at=now + WAITS[delivery.attempts - 1],
        claimed_until=None,
        error=sentence,
    )


def fail(delivery: Delivery, sentence: str) -> None:
    _change(delivery, *Delivery.IN_HAND, state=_State.FAILED, claimed_until=None, error=sentence)


def send_again(delivery: Delivery, now: datetime) -> bool:
    """What somebody asks for who sees that it failed; no if it is not failed any more."""
    again = Delivery.objects.filter(pk=delivery.pk, state=_State.FAILED)
    return bool(again.update(state=_State.WAITING, attempts=0, next_attempt_at=now))


def unsent(now: datetime) -> list[UUID]:
    """Keys of deliveries to be taken up."""
    return list(Delivery.objects.due(now).values_list("pk", flat=True))


def _drop_cut_off(delivery_id: UUID, now: datetime) -> None:
    """What a dead worker left in the middle of sending.

    A webhook's receiver knows a repetition by its id, and gets one. A person would get the
    report twice: there it ends, and is shown.
    """
    dropped = Delivery.objects.filter(pk=delivery_id, state=_State.SENDING, claimed_until__lt=now)
    webhook = ReportRecipient.Kind.WEBHOOK
    dropped.filter(kind=webhook).update(
        state=_State.WAITING, next_attempt_at=now, claimed_until=None, error=_WORKER
    )
    dropped.exclude(kind=webhook).update(state=_State.FAILED, claimed_until=None, error=_CUT_OFF)


def _change(delivery: Delivery, *states: Delivery.State, **fields: object) -> bool:
    rows = Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts, state__in=states)
    return bool(rows.update(**fields))
