"""What people write of whom reports go to."""

from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from policies.models import ReportRecipient
from policies.reports.channels.chat import shown
from policies.reports.channels.webhook import check_webhook, new_secret

# So many recipients of one schedule; a mailing list is for more.
MOST: Final = 50


def recipient_of(kind: ReportRecipient.Kind, address: str) -> ReportRecipient:
    """Of no schedule yet.

    Raises ValueError, or an OSError where the address may not be sent to: one sentence.
    """
    recipient = ReportRecipient(kind=kind, address=address, shown=address)
    match kind:
        case ReportRecipient.Kind.EMAIL:
            try:
                validate_email(address)
            except ValidationError:
                raise ValueError(f"`{address}` is no e-mail address.") from None
        case ReportRecipient.Kind.CHAT:
            recipient.shown = shown(address)
        case ReportRecipient.Kind.WEBHOOK:
            check_webhook(address)
            recipient.shown, recipient.secret = address.partition("?")[0], new_secret()
    return recipient
