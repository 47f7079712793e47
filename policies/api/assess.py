"""Posture as code: a snapshot, or one account's SCPs, in; verdicts out; nothing stored."""

import json
import threading
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any, ClassVar, Final

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request

from accounts.api.bodies import StrictSerializer
from accounts.api.problems import Busy, TooLarge
from accounts.api.query import check_query
from accounts.api.views import ApiView
from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import SnapshotError, from_json
from accounts.snapshot_levels import from_levels
from policies import catalogue
from policies.analysis.guardrail import Parameters
from policies.analysis.posture import Judged
from policies.api.verdict import ParametersSerializer, VerdictSerializer
from policies.assessments import all_enforced, each_verdict, heading
from policies.catalogue.parameters import ParameterError, parameters_from_json
from policies.services.assessing import TooMuch, assess_within

# A snapshot of 50,000 accounts and 500 SCPs is about 10 MiB.
MOST_BYTES: Final = 16 * 1024 * 1024
MOST_SECONDS: Final = 20.0
# Judging takes a processor for itself: the pages need the other threads.
_AT_ONCE: Final = threading.BoundedSemaphore(2)

_ALLOW: Final = {
    "name": "FullAWSAccess",
    "content": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    },
}
_DENY: Final = {
    "name": "Keep CloudTrail",
    "content": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "cloudtrail:*", "Resource": "*"}],
    },
}
EXAMPLE: Final = {
    "account_id": "222222222222",
    "levels": [
        {"policies": [_ALLOW, _DENY]},
        {"policies": [_ALLOW]},
        {"policies": [_ALLOW]},
    ],
    "guardrails": ["protect-cloudtrail"],
}


class Unjudgeable(APIException):
    """What was sent is well-formed, and no snapshot, no parameters, or too much to judge."""

    status_code = 422


class BoundedJSONParser(BaseParser):
    """JSON of up to `MOST_BYTES`, which is more than Django takes of other bodies."""

    media_type = JSONParser.media_type

    def parse(self, stream: IO[Any], *args: Any, **kwargs: Any) -> Any:
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise TooLarge(
                f"The body is larger than {MOST_BYTES // 1024**2} MiB; send a part of the "
                "organization, or use `./portal assess`."
            )
        try:
            return JSONParser().parse(BytesIO(body), *args, **kwargs)
        except RecursionError:
            raise ParseError("The body is nested too deeply.") from None


class AssessSerializer(StrictSerializer):
    """Either `snapshot`, or `account_id` and `levels`."""

    snapshot = serializers.DictField(
        required=False,
        help_text="A snapshot file, as `docs/snapshot.schema.json` describes it.",
    )
    account_id = serializers.RegexField(r"^[0-9]{12}\Z", required=False)
    levels = serializers.ListField(
        child=serializers.DictField(),
        min_length=2,
        max_length=7,
        required=False,
        help_text=(
            "From the root down to the account itself, each with the `policies` attached there: "
            "objects with `content` (an SCP as an object or as text) and, if wanted, `id` and "
            "`name`. A level may have an `id` too. Nothing is added: where FullAWSAccess is "
            "attached, it has to be among them."
        ),
    )
    organization = serializers.DictField(
        required=False,
        help_text="With `levels`: `organization` as a snapshot has it, if an SCP asks for it.",
    )
    parameters = ParametersSerializer(
        required=False, help_text="Of the guardrails; what is not named has its default."
    )
    guardrails = serializers.ListField(
        child=serializers.ChoiceField(choices=catalogue.GUARDRAIL_IDS),
        allow_empty=False,
        required=False,
        help_text="Judge by these only.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        by_levels = {"account_id", "levels"} & attrs.keys()
        if ("snapshot" in attrs) == bool(by_levels) or len(by_levels) == 1:
            raise serializers.ValidationError(
                "Send either `snapshot`, or both `account_id` and `levels`."
            )
        return attrs


class AssessedSnapshotSerializer(serializers.Serializer[Any]):
    organization_id = serializers.CharField()
    taken_at = serializers.DateTimeField()
    digest = serializers.CharField(help_text="SHA-256 of everything but `taken_at`.")


class AssessedVerdictSerializer(VerdictSerializer):
    account_id = serializers.RegexField(r"^[0-9]{12}\Z")


class AssessedSerializer(serializers.Serializer[Any]):
    snapshot = AssessedSnapshotSerializer()
    parameters = ParametersSerializer()
    all_enforced = serializers.BooleanField(
        help_text="Whether every active member account has each guardrail that was judged."
    )
    verdicts = AssessedVerdictSerializer(many=True)


class Assess(ApiView):
    """Judge a snapshot, or one account by the SCPs on its path. Nothing is stored.

    As `./portal assess --format json` answers. Where `all_enforced` is false, a pipeline may stop.
    """

    parser_classes = (BoundedJSONParser,)
    permission_required: ClassVar = {"POST": "policies.view_verdict"}
    throttle_scope = "assess"

    @extend_schema(
        operation_id="assess",
        request=AssessSerializer,
        responses={200: AssessedSerializer},
        examples=[OpenApiExample("One account", EXAMPLE, request_only=True)],
        tags=["assess"],
    )
    def post(self, request: Request) -> HttpResponseBase:
        check_query(request, ())
        sent = AssessSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            snapshot = _snapshot(sent.validated_data)
            # As it was sent: names that nothing knows are to be refused.
            parameters = parameters_from_json(sent.initial_data.get("parameters", {}))
            judged = _judged(snapshot, parameters, sent.validated_data.get("guardrails"))
        except (SnapshotError, ParameterError, TooMuch) as error:
            raise Unjudgeable(str(error)) from None
        head = {
            **heading(snapshot, parameters),
            "all_enforced": all_enforced(snapshot, judged),
        }
        return StreamingHttpResponse(_written(head, judged), content_type="application/json")


def _snapshot(sent: dict[str, Any]) -> OrganizationSnapshot:
    if "snapshot" in sent:
        return from_json(sent["snapshot"])
    return from_levels(sent, timezone.now())


def _judged(
    snapshot: OrganizationSnapshot, parameters: Parameters, guardrails: list[str] | None
) -> list[Judged]:
    if not _AT_ONCE.acquire(blocking=False):
        raise Busy("Other snapshots are being judged; try again in a moment.", wait=5)
    try:
        return assess_within(MOST_SECONDS, snapshot, parameters, guardrails)
    finally:
        _AT_ONCE.release()


def _written(head: dict[str, Any], judged: list[Judged]) -> Iterator[str]:
    """The answer a verdict at a time: of 50,000 accounts it is larger than memory should be."""
    yield json.dumps(head, ensure_ascii=False).removesuffix("}") + ', "verdicts": ['
    for number, verdict in enumerate(each_verdict(judged)):
        yield (",\n" if number else "\n") + json.dumps(verdict, ensure_ascii=False)
    yield "]}"
