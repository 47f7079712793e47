"""Requests that send JSON, and the JSON that they are answered with."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client


def send(client: Client, method: str, address: str, body: Any = None, status: int = 200) -> Any:
    """What an address below the API's answers; None for an empty answer."""
    sent = "" if body is None else json.dumps(body)
    response = client.generic(method, f"/api/v1/{address}", sent, "application/json")
    assert response.status_code == status, response.content
    return json.loads(response.content) if response.content else None
