"""Whether a statement speaks of a concrete action and a concrete resource.

Sources: IAM User Guide, "IAM JSON policy elements: Action" and "… Resource"; Service
Authorization Reference, "Actions, resources, and condition keys" (an action without
resource-level permissions is reached by `*` alone).
"""

from __future__ import annotations

from functools import lru_cache

from policies.analysis.kleene import Open, Truth, any_of, negation, opened, unless_false
from policies.analysis.statement import Statement
from policies.analysis.variables import Context, Unresolved, substituted
from policies.analysis.wildcards import (
    Tokens,
    Wildcard,
    components,
    matches,
    matches_by_component,
    pattern,
)


def action_truth(statement: Statement, action: str) -> Truth:
    return _action_truth(statement.actions, statement.not_action, action.lower())


# Statements name few lists of actions, and each request is held against all of them.
@lru_cache(maxsize=50_000)
def _action_truth(actions: tuple[str, ...], not_action: bool, action: str) -> Truth:
    found = any_of(_names(text, action) for text in _of(actions, action.partition(":")[0]))
    return negation(found) if not_action else found


@lru_cache(maxsize=20_000)
def _of(actions: tuple[str, ...], service: str) -> tuple[str, ...]:
    """Those that are not plainly of another service, as most are."""
    return tuple([one for one in actions if _service(one) in (service, None)])


def _service(text: str) -> str | None:
    """The service whose actions a pattern names; None where it may be several."""
    prefix, colon, _ = text.partition(":")
    return prefix if colon and "*" not in prefix and "?" not in prefix else None


@lru_cache(maxsize=50_000)
def _names(text: str, action: str) -> Truth:
    if not matches(pattern(text), action):
        return False
    if _service(text) is None and not _everything(text):
        return opened(f"AWS does not say whether `{text}` may stand for several services")
    return True


def _everything(text: str) -> bool:
    return bool(text) and not text.strip("*")


def resource_truth(statement: Statement, resource: str, context: Context) -> Truth:
    """`resource` is an ARN, or `*` for an action without resource-level permissions."""
    found: Truth = "*" in statement.resources
    if not found:
        found = any_of(_covers(statement, text, resource, context) for text in statement.resources)
    return negation(found) if statement.not_resource else found


def _covers(statement: Statement, text: str, resource: str, context: Context) -> Truth:
    if _everything(text):
        return True
    if resource == "*":
        return False
    if statement.variables and "${" in text:
        return _with_variables(statement, text, resource, context)
    return _arn(text, pattern(text), resource)


def _with_variables(statement: Statement, text: str, resource: str, context: Context) -> Truth:
    tokens = substituted(text, context, wildcards=True)
    if isinstance(tokens, Open):
        return tokens
    if isinstance(tokens, Unresolved):
        point = f"AWS does not say what NotResource with an absent `{tokens.name}` means"
        return opened(point) if statement.not_resource else False
    truth = _arn(text, tokens, resource)
    if text.partition("${")[0].count(":") >= 5:
        return truth
    point = f"AWS admits policy variables after the fifth colon alone, unlike in `{text}`"
    return opened(point) if statement.not_resource else unless_false(truth, point)


def _arn(text: str, tokens: Tokens, resource: str) -> Truth:
    parts = components(tokens)
    completed = parts + ((Wildcard.TEXT,),) * (6 - len(parts))
    whole = matches_by_component(completed, resource)
    if not whole and not matches(tokens, resource):
        return False
    if any(isinstance(token, Wildcard) for token in completed[2]):
        return opened(f"AWS admits no wildcard for the service, as in `{text}`")
    if len(parts) < 6:
        return opened(f"AWS does not say whether the short ARN `{text}` is completed")
    if not whole:
        return opened(f"AWS does not say whether `*` crosses a colon in `{text}`")
    return True
