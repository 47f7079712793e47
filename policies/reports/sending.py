"""From a delivery to its recipient."""

import logging
from functools import lru_cache
from uuid import UUID

from django.utils import timezone

from policies.models import Delivery, Report, ReportRecipient
from policies.reports.channels.chat import prepare_chat
from policies.reports.channels.email import Letter, letter, prepare_email
from policies.reports.channels.outcome import NotSent, PerhapsSent, Prepared
from policies.reports.channels.webhook import prepare_webhook
from policies.reports.content import PostureReport, unpack
from policies.services import deliveries

logger = logging.getLogger(__name__)


def deliver(delivery_id: UUID) -> None:
    """Send a delivery that is due; nothing where another worker has it, or had.

    All that can be done before is done before `begin_sending`: what dies until there was not
    sent and is sent by another. What dies after it may have been sent, and is not sent again.
    """
    delivery = deliveries.take_up(delivery_id, timezone.now())
    if delivery is None:
        return
    begun = False
    try:
        prepared = _prepared(delivery)
        begun = deliveries.begin_sending(delivery, timezone.now())
        if begun:
            prepared.send()
            deliveries.sent(delivery, timezone.now())
    except NotSent as problem:
        if problem.again:
            deliveries.try_again(delivery, str(problem), timezone.now())
        else:
            deliveries.fail(delivery, str(problem))
    except PerhapsSent as problem:
        deliveries.fail(delivery, f"{problem} It may have arrived: ask, or send it again.")
    except Exception as error:
        sentence = f"The portal failed on the way ({type(error).__name__})."
        if begun:
            deliveries.fail(delivery, f"{sentence} It may have arrived: ask, or send it again.")
        else:
            deliveries.try_again(delivery, sentence, timezone.now())
        raise
    else:
        logger.info("Report %s was sent to %s.", delivery.report_id, delivery.shown)


def _prepared(delivery: Delivery) -> Prepared:
    match ReportRecipient.Kind(delivery.kind):
        case ReportRecipient.Kind.EMAIL:
            return prepare_email(_letter(delivery.report_id), delivery.address, delivery.pk)
        case ReportRecipient.Kind.CHAT:
            return prepare_chat(_content(delivery.report), delivery.address)
        case ReportRecipient.Kind.WEBHOOK:
            report = _content(delivery.report)
            return prepare_webhook(report, delivery.address, delivery.pk, delivery.secret)


def _content(report: Report) -> PostureReport:
    return unpack(bytes(report.content or b""))


# Those who get a report get it one after the other, and the files of a large organization take
# most of a minute to make. What a report says never changes.
@lru_cache(maxsize=1)
def _letter(report_id: int) -> Letter:
    report = Report.objects.get(pk=report_id)
    return letter(_content(report), report.attachments)
