"""The matrix as files: exactly the accounts and guardrails that its filter keeps."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.csv_lines import csv_line
from policies.models import Assessment
from policies.selectors.headings import Heading, headings
from policies.selectors.matrix import Row, every_row
from policies.views.filters import MatrixFilterForm
from policies.views.standing import assessment_required

# A row for each account, with a cell for each of the columns.
_Write = Callable[[Assessment, Sequence[Heading], Iterable[Row]], Iterator[str]]


@require_safe
def matrix_csv(request: HttpRequest) -> HttpResponseBase:
    """One line an account, with status and reason for each guardrail."""
    return _file(request, "text/csv; charset=utf-8", "csv", _csv)


@require_safe
def matrix_json(request: HttpRequest) -> HttpResponseBase:
    """`{"organization_id", "taken_at", "accounts": [{…, "verdicts": [{…}]}]}`."""
    return _file(request, "application/json", "json", _json)


@assessment_required
def _file(
    request: HttpRequest, assessment: Assessment, content_type: str, extension: str, write: _Write
) -> HttpResponseBase:
    form = MatrixFilterForm(assessment, request.GET)
    if not form.is_valid():
        context = {"form": form, "query": QueryDict()}
        return render(request, "policies/matrix.html", context, status=HTTPStatus.BAD_REQUEST)
    chosen = form.chosen()
    columns = [one for one in headings() if chosen.guardrail in ("", one.id)]
    name = f"{assessment.organization.aws_id}-{assessment.taken_at:%Y-%m-%dT%H%M}.{extension}"
    lines = write(assessment, columns, every_row(assessment, chosen))
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=content_type, headers=disposition)


def _csv(_: Assessment, columns: Sequence[Heading], rows: Iterable[Row]) -> Iterator[str]:
    account = ["account_id", "name", "email", "state", "unit_id", "unit"]
    verdicts = [name for one in columns for name in (one.id, f"{one.id} reason")]
    yield csv_line([*account, *verdicts])
    for row in rows:
        texts = [row.account.aws_id, row.account.name, row.account.email, row.account.state]
        texts += [row.unit.id, row.unit.display_path]
        texts += [text for cell in row.cells for text in (cell.status.value, cell.reason)]
        yield csv_line(texts)


def _json(assessment: Assessment, _: Sequence[Heading], rows: Iterable[Row]) -> Iterator[str]:
    head = {
        "organization_id": assessment.organization.aws_id,
        "taken_at": assessment.taken_at.isoformat(),
    }
    yield json.dumps(head)[:-1] + ', "accounts": ['
    for index, row in enumerate(rows):
        yield (",\n" if index else "\n") + json.dumps(_as_json(row), ensure_ascii=False)
    yield "\n]}\n"


def _as_json(row: Row) -> dict[str, object]:
    account = row.account
    return {
        "id": account.aws_id,
        "name": account.name,
        "email": account.email,
        "state": account.state,
        "unit_id": row.unit.id,
        "unit": row.unit.display_path,
        "verdicts": [
            {"guardrail": cell.guardrail.id, "status": cell.status.value, "reason": cell.reason}
            for cell in row.cells
        ],
    }
