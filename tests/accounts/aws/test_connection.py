"""Whose credentials and which endpoint: partitions, profiles, and an AWS that is not there."""

from __future__ import annotations

import json
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest

from accounts.aws.connection import Credentials, connect
from accounts.aws.errors import AwsError
from accounts.aws.organizations import OrganizationsReader
from tests.accounts.crawling import assert_same, crawled
from tests.simulated import Endpoint, invent

pytestmark = pytest.mark.usefixtures("simulated_credentials")

ENDPOINTS = {
    "aws": "https://organizations.us-east-1.amazonaws.com",
    "aws-cn": "https://organizations.cn-northwest-1.amazonaws.com.cn",
    "aws-us-gov": "https://organizations.us-gov-west-1.amazonaws.com",
    "aws-eusc": "https://organizations.eusc-de-east-1.amazonaws.eu",
    "aws-iso": "https://organizations.us-iso-east-1.c2s.ic.gov",
    "aws-iso-b": "https://organizations.us-isob-east-1.sc2s.sgov.gov",
    "aws-iso-e": "https://organizations.eu-isoe-west-1.cloud.adc-e.uk",
    "aws-iso-f": "https://organizations.us-isof-south-1.csp.hci.ic.gov",
}


def address(reader: OrganizationsReader) -> str:
    return str(reader.method("ListRoots").__self__.meta.endpoint_url)


@pytest.fixture
def no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nothing says a Region, an endpoint or a profile; the folder is for a configuration."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path


@pytest.mark.parametrize("partition", ENDPOINTS)
def test_an_organization_of_any_partition_is_crawled(
    partition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    organization = invent(30, 5, 4)
    organization.partition = partition
    with Endpoint(organization) as endpoint:
        snapshot = crawled(endpoint, monkeypatch)
    assert snapshot.organization.partition == partition
    assert_same(snapshot, organization)


@pytest.mark.parametrize(("partition", "endpoint"), ENDPOINTS.items())
def test_the_partition_of_the_role_chooses_the_endpoint_where_no_region_is_configured(
    partition: str, endpoint: str, no_configuration: Path
) -> None:
    role = Credentials(role_arn=f"arn:{partition}:iam::222222222222:role/guardrails-portal")
    assert address(connect(role)) == endpoint


def test_a_configured_region_chooses_the_endpoint(
    no_configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert address(connect()) == ENDPOINTS["aws"]
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    assert address(connect()) == ENDPOINTS["aws-cn"]


def test_a_profile_brings_its_region_and_its_credentials(no_configuration: Path) -> None:
    (no_configuration / "config").write_text(
        "[profile china]\nregion = cn-north-1\naws_access_key_id = AKIDOFTHEPROFILE\n"
        "aws_secret_access_key = simulated\n"
    )
    reader = connect(Credentials(profile="china"))
    assert address(reader) == ENDPOINTS["aws-cn"]
    signer = reader.method("ListRoots").__self__._request_signer
    assert signer._credentials.access_key == "AKIDOFTHEPROFILE"


def test_a_profile_that_does_not_exist_is_said(no_configuration: Path) -> None:
    with pytest.raises(
        AwsError, match=r'~/\.aws/config has no profile "nobody"; name one that it has'
    ):
        connect(Credentials(profile="nobody"))


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore does not wait between its tries."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))


@pytest.mark.parametrize(
    ("variable", "problem"),
    [("AWS_ENDPOINT_URL", "EndpointConnectionError"), ("HTTP_PROXY", "ProxyConnectionError")],
)
def test_an_aws_that_was_never_reached_is_given_up_after_three_tries(
    variable: str,
    problem: str,
    closed_port: int,
    at_once: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://organizations.example:80")
    monkeypatch.setenv(variable, f"http://127.0.0.1:{closed_port}")
    reader = connect(share=1000)
    with pytest.raises(AwsError, match=f"{problem}: AWS can't be reached; check the network, the"):
        reader.organization()
    assert reader.calls.total() == 3


class OneAnswer(BaseHTTPRequestHandler):
    """Closes the connection after it, as HTTP/1.0 does."""

    def do_POST(self) -> None:
        arn = "arn:aws:organizations::111111111111:organization/o-gone"
        known = {"Id": "o-gone", "Arn": arn, "MasterAccountId": "111111111111", "FeatureSet": "ALL"}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"Organization": known}).encode())

    def log_message(self, *_: object) -> None:
        pass


def test_an_aws_that_goes_away_is_waited_for(
    at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HTTPServer(("127.0.0.1", 0), OneAnswer) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        answering = Thread(target=server.handle_request)
        answering.start()
        reader = connect(share=1000)
        reader.organization()
        answering.join()
    with pytest.raises(AwsError, match="AWS can't be reached"):
        reader.root()
    assert reader.calls == {"DescribeOrganization": 1, "ListRoots": 12}
