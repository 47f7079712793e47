from django.urls import path

from policies.views.account import account
from policies.views.changes import changes_page
from policies.views.crawl import crawl, crawl_status
from policies.views.matrix import matrix
from policies.views.overview import overview
from policies.views.reassess import reassess

app_name = "policies"

urlpatterns = [
    path("organization/", overview, name="overview"),
    path("organization/accounts/", matrix, name="matrix"),
    path("organization/accounts/<str:account_id>/", account, name="account"),
    path("organization/changes/", changes_page, name="changes"),
    path("organization/reassess/", reassess, name="reassess"),
    path("organization/crawl/", crawl, name="crawl"),
    path("organization/crawl/status/", crawl_status, name="crawl-status"),
]
