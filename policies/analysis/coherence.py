"""Values of several keys that no one request carries together.

The search chooses the value of each key alone, also of keys that say parts of the same. Where
these do not fit, one of them may be made to fit the other; else what would get through is no
request that AWS sends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Final

from policies.analysis import literals
from policies.analysis.search import Model
from policies.analysis.sending import SESSIONS
from policies.analysis.spaces import Kind

# By key as AWS spells it.
Context = Mapping[str, tuple[str, ...]]
_CALLED: Final = ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
_VPC: Final = ("aws:SourceVpc", "aws:SourceVpcArn")
_PLACES: Final = (
    ("aws:ResourceOrgID", "aws:ResourceOrgPaths"),
    ("aws:VpceOrgID", "aws:VpceOrgPaths"),
)
_TIMES: Final = ("aws:TokenIssueTime", "aws:CurrentTime")
_TLS: Final = ("aws:SecureTransport", "s3:TlsVersion")
_HANGING: Final = frozenset(key for _, key in (*_PLACES, _VPC, _TIMES, _TLS)) | {*_CALLED}


def incoherent(context: Context) -> Iterator[str]:
    """For each group of keys that do not fit together a clause that names them."""
    if context.keys().isdisjoint(_HANGING):
        # As almost always.
        return
    groups = [
        (_CALLED, _fit_called(context)),
        (_VPC, _fit_ends(context, *_VPC)),
        *((places, _fit_places(context, *places)) for places in _PLACES),
        (_TIMES, _fit_times(context, *_TIMES)),
        (_TLS, _fit_tls(context, *_TLS)),
    ]
    for keys, fit in groups:
        if not fit:
            named = " and ".join(f"`{one}`" for one in keys if one in context)
            yield f"what would get through asks for values of {named} that no request has together"


def _fit_called(context: Context) -> bool:
    """Source: IAM User Guide: the first and the last of the services that `aws:CalledVia` lists."""
    called, first, last = (context.get(key, ()) for key in _CALLED)
    if first and last and len(called) == 1 and first != last:
        return False
    return not called or {*first, *last} <= {*called}


def _fit_ends(context: Context, id: str, arn: str) -> bool:
    ids, arns = context.get(id, ()), context.get(arn, ())
    return all(one.endswith(f"/{name}") for name in ids for one in arns)


def _fit_places(context: Context, id: str, paths: str) -> bool:
    """Source: IAM User Guide, "AWS Organizations entity path": it begins with the id."""
    ids, found = context.get(id, ()), context.get(paths, ())
    return all(one.startswith(f"{name}/") for name in ids for one in found)


def _fit_times(context: Context, issued: str, now: str) -> bool:
    """Whether the session can have begun and not have ended yet."""
    if not context.get(issued) or not context.get(now):
        return True
    longest = SESSIONS[Kind(context["aws:PrincipalType"][0])]
    moments = [literals.moment(context[key][0]) for key in (issued, now)]
    return all(
        one is not None and two is not None and 0 <= two - one <= longest / timedelta(seconds=1)
        for one, two in pairwise(moments)
    )


def _fit_tls(context: Context, secure: str, version: str) -> bool:
    return not context.get(version) or context.get(secure) != ("false",)


def fitted(model: Model) -> Model:
    """The same with values that hang on another key's chosen by that one; it may not get through.

    By variable, in lower case, as the search has it.
    """
    found = dict(model)
    called, first, last = (model.get(key.lower(), ()) for key in _CALLED)
    if called:
        found["aws:calledvia"] = tuple(dict.fromkeys((*first, *called, *last)))
    for id, whole in (_VPC, *_PLACES):
        name, texts = model.get(id.lower(), ()), model.get(whole.lower(), ())
        if name and texts:
            found[whole.lower()] = tuple(_naming(name[0], one) for one in texts)
    issued, now = (key.lower() for key in _TIMES)
    if model.get(issued) and model.get(now):
        found[issued] = model[now]
    return found


def _naming(id: str, text: str) -> str:
    """A VPC's ARN, or a path in an organization, with this id in it."""
    if text.startswith("arn:"):
        return f"{text.rpartition('/')[0]}/{id}"
    return f"{id}/{text.partition('/')[2]}"
