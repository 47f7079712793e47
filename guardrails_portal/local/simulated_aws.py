"""A moto server that stands for AWS. It lives in memory: a new one knows no organization."""

import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping

from guardrails_portal.local.children import Child, Recipe, ServiceError
from guardrails_portal.local.folders import Folders

HOST = "127.0.0.1"
LAST_PORT = 65535
# Whatever leads botocore to somebody's real credentials or another endpoint.
REAL_AWS_VARIABLES = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CA_BUNDLE",
    "AWS_ENDPOINT_URL_ORGANIZATIONS",
    "AWS_ENDPOINT_URL_STS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "CRAWL_ROLE_ARN",
    "CRAWL_EXTERNAL_ID",
    "CRAWL_EXTERNAL_ID_FILE",
)


def start(folders: Folders) -> tuple[Child, str]:
    """Start moto on a free port; return it and its address, without waiting."""
    port = free_port()
    address = f"http://{HOST}:{port}"
    child = Child(
        Recipe(
            name="moto",
            command=[sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)],
            log=folders.log("moto"),
            environment=os.environ | {"PYTHONWARNINGS": "ignore"},
        )
    )
    return child, address


def answers(address: str) -> bool:
    try:
        _open(f"{address}/moto-api/data.json")
    except (OSError, urllib.error.URLError):
        return False
    return True


def reset(address: str) -> None:
    """Forget everything."""
    _open(f"{address}/moto-api/reset", method="POST")


def variables(address: str) -> dict[str, str]:
    """The environment that sends boto3 to `address`, and to no place else."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "simulated",
        "AWS_SECRET_ACCESS_KEY": "simulated",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": ",".join(filter(None, (os.environ.get("NO_PROXY"), HOST))),
        "no_proxy": ",".join(filter(None, (os.environ.get("no_proxy"), HOST))),
        # moto needs no mercy.
        "CRAWL_RATE_SHARE": "1000",
    }


def without_real_aws(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in environment.items() if name not in REAL_AWS_VARIABLES}


def free_port(first: int = 0) -> int:
    """A port nobody listens on: `first` or the next free one after it; any for 0."""
    if first:
        port = next((port for port in range(first, LAST_PORT + 1) if is_free(port)), None)
        if port is None:
            raise ServiceError(f"No port from {first} on is free: choose one by --port.")
        return port
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a program of this user can listen on it."""
    with socket.socket() as listener:
        # Connections that have just ended do not count.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
    return True


def _open(url: str, method: str = "GET") -> None:
    # A proxy that the environment names has no way to here.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, method=method)  # noqa: S310 - our own http address
    with opener.open(request, timeout=5):
        pass
