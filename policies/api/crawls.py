from typing import ClassVar

from django_filters import CharFilter
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bodies import StrictSerializer, TextField
from accounts.api.problems import Conflict
from accounts.api.sparse import SparseSerializer
from accounts.api.views import DetailView, ListView
from accounts.auditing import actor_of
from accounts.connections import connections_to
from accounts.models import Crawl
from policies.selectors.standing import standing
from policies.tasks import ask_for_crawls


class CrawlSerializer(SparseSerializer, serializers.ModelSerializer[Crawl]):
    """One reading of an organization, whatever became of it."""

    organization = serializers.CharField(
        source="organization.aws_id",
        default=None,
        allow_null=True,
        help_text="Null until AWS has said which it is.",
    )
    state = serializers.ChoiceField(choices=Crawl.State.values)
    calls = serializers.DictField(
        child=serializers.IntegerField(), help_text="Calls made, by AWS's name of the API."
    )
    throttled = serializers.DictField(
        child=serializers.IntegerField(), help_text="Those of them that AWS throttled."
    )
    phase = serializers.CharField(help_text="What it is at, or was; empty before it begins.")
    accounts_read = serializers.IntegerField()
    lost = serializers.BooleanField(help_text="It failed because its worker fell silent.")
    error = serializers.CharField(help_text="One sentence, empty unless the crawl failed.")

    class Meta:
        model = Crawl
        fields: ClassVar = [
            *("id", "organization", "state", "started_at", "finished_at", "phase"),
            *("accounts_read", "calls", "throttled", "lost", "error"),
        ]


class CrawlBody(StrictSerializer):
    """What to crawl; nothing need be sent where there is one organization."""

    organization = TextField(
        required=False, max_length=34, help_text="Its id; the one crawled last if not given."
    )


class CrawlFilter(FilterSet):
    organization = CharFilter(field_name="organization__aws_id")
    state = ChoiceFilter(choices=Crawl.State.choices)


class CrawlList(ListView):
    """Every crawl, the newest first; and a new one on demand."""

    queryset = Crawl.objects.select_related("organization")
    serializer_class = CrawlSerializer
    filterset_class = CrawlFilter
    orderings: ClassVar = {"started_at": ("started_at", "pk")}
    default_ordering = "-started_at"
    permission_required: ClassVar = {"POST": "accounts.add_crawl"}

    @extend_schema(
        request=CrawlBody,
        responses={202: OpenApiResponse(description="A crawl was asked for.")},
    )
    def post(self, request: Request) -> Response:
        """Ask for a crawl now; `Location` is where it will show."""
        wanted = CrawlBody.given(request).get("organization", "")
        organization = standing(wanted).organization
        if wanted and organization is None:
            raise NotFound(f"No organization {wanted} has been crawled.")
        if not ask_for_crawls(actor_of(request), connections_to(organization)):
            raise Conflict("A crawl is running already; wait until it has ended.")
        return self.at("crawls", status=202)


class CrawlDetail(DetailView):
    """How far a crawl is, or how it ended."""

    queryset = Crawl.objects.select_related("organization")
    serializer_class = CrawlSerializer
