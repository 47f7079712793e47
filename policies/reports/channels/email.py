"""Reports by e-mail: SMTP, or whatever provider the settings name."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from policies.reports.channels.outcome import NotSent, PerhapsSent
from policies.reports.content import PostureReport
from policies.reports.files import Attachment, attachments
from policies.reports.formats.email import as_html, as_text
from policies.reports.outline import EMAIL, outline


@dataclass(frozen=True, slots=True)
class PreparedEmail:
    message: EmailMultiAlternatives
    connection: Any

    def send(self) -> None:
        """An answer of the server is a definite one; a line that breaks leaves it open."""
        try:
            self.connection.send_messages([self.message])
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise _refused(code, answer) from None
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError as error:
            raise NotSent(f"The mail server can't take it: {error}.", again=False) from None
        except OSError as error:
            raise PerhapsSent(
                f"The mail server went away while it was handed the message ({_said(error)})."
            ) from None
        except Exception as error:
            raise _of_provider(error) from error
        finally:
            self.connection.close()


@dataclass(frozen=True, slots=True)
class Letter:
    """A report as an e-mail, whoever it is for."""

    subject: str
    text: str
    html: str
    files: Sequence[Attachment]


def letter(report: PostureReport, formats: Sequence[str]) -> Letter:
    """With as many of the files as fit; the others are said to be in the portal."""
    files, left_out = attachments(report, formats)
    return Letter(subject(report), as_text(report, left_out), as_html(report, left_out), files)


def prepare_email(written: Letter, address: str, delivery_id: object) -> PreparedEmail:
    """The message, and a connection that the server has accepted. Raises `NotSent`."""
    if settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend") and not settings.EMAIL_HOST:
        raise NotSent("No mail server is set: EMAIL_URL names one.", again=False)
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
    message = EmailMultiAlternatives(
        subject=written.subject,
        body=written.text,
        to=[address],
        connection=connection,
        headers={
            "Message-ID": f"<{delivery_id}@{_domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(written.html, "text/html")
    for one in written.files:
        message.attach(one.name, one.content, one.media_type)
    try:
        connection.open()
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from None
    except OSError as error:
        raise NotSent(f"The mail server can't be reached: {_said(error)}.", again=True) from None
    except Exception as error:
        raise _of_provider(error) from error
    return PreparedEmail(message, connection)


def subject(report: PostureReport) -> str:
    """One line: what a reader sees of it in a list of e-mails."""
    told = outline(report, EMAIL)
    return " ".join(f"{report.title}: {told.changes or told.headline}".split()).rstrip(".")


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"


def _refused(code: int, answer: bytes | str) -> NotSent:
    """Source: RFC 5321, 4.2.1: a code of 4xx is of the moment, one of 5xx is final."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    said = " ".join(text.split())[:300]
    return NotSent(f"The mail server answered {code} {said}", again=code < 500)


def _of_provider(error: Exception) -> Exception:
    """What a django-anymail backend raises carries the provider's HTTP status, if it answered."""
    status = getattr(error, "status_code", None)
    said = f"The e-mail provider refused it: {_said(error)}"
    if isinstance(status, int):
        return NotSent(said, again=status >= 500 or status == 429)
    return NotSent(said, again=False)


def _said(error: Exception) -> str:
    first = str(error).strip().partition("\n")[0][:300]
    return first.rstrip(".") or type(error).__name__
