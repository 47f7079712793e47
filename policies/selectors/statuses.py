"""Which status each guardrail has, without the reasons."""

from collections.abc import Iterable, Mapping

from policies.models import AccountVersion, Verdict


def statuses_of(accounts: Iterable[AccountVersion]) -> Mapping[int, Mapping[str, str]]:
    """Statuses by guardrail, for each posture of the accounts by its key; one query."""
    found: dict[int, dict[str, str]] = {}
    rows = Verdict.objects.filter(posture__in={account.posture_id for account in accounts})
    for posture, guardrail, status in rows.values_list("posture_id", "guardrail", "status"):
        found.setdefault(posture, {})[guardrail] = status
    return found
