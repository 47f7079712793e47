"""The HTTP server: JSON 1.1 as AWS speaks it, with the faults that were asked for."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.simulated.apis import ApiError, Apis
from tests.simulated.faults import Faults, Throttle
from tests.simulated.organization import SimulatedOrganization
from tests.simulated.roles import assume_role


class Endpoint:
    """`with Endpoint(organization) as endpoint:` serves it at `endpoint.url` on loopback.

    `calls` counts every request by API, `throttled` those answered with
    TooManyRequestsException, `spoilt` those that have to be made once more for another fault:
    HTTP 500, a broken connection, an empty page.
    """

    def __init__(self, organization: SimulatedOrganization, faults: Faults | None = None) -> None:
        self.organization = organization
        self.faults = faults or Faults()
        self.calls: Counter[str] = Counter()
        self.throttled: Counter[str] = Counter()
        self.spoilt: Counter[str] = Counter()
        self._apis = Apis(organization, self.faults)
        self._throttle = Throttle(self.faults.time_scale)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.endpoint = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, api: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
        """The answer, or None where the connection is to break; raises `ApiError`."""
        faults = self.faults
        with self._lock:
            self.calls[api] += 1
            total = self.calls.total()
            change = faults.changes.get((api, self.calls[api]))
            if change:
                change(self.organization)
            faults.before(self.organization, api, parameters)
            if faults.reset_every and total % faults.reset_every == 0:
                self.spoilt[api] += 1
                return None
            if faults.http_500_every and total % faults.http_500_every == 0:
                self.spoilt[api] += 1
                raise ApiError("ServiceException", "AWS Organizations can't complete it.", 500)
            if api in faults.denied:
                message = f"User: arn:aws:iam::1:user/x is not authorized: organizations:{api}"
                raise ApiError("AccessDeniedException", message)
            if faults.throttle and not self._throttle.admits(api):
                self.throttled[api] += 1
                raise ApiError("TooManyRequestsException", "You have sent too many requests.")
            answer = self._apis.call(api, parameters)
            self.spoilt[api] += [] in answer.values() and "NextToken" in answer
            return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    endpoint: Endpoint


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body go out as two writes: without this each answer waits for an ACK.
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if b"Action=AssumeRole" in body:
            status, text = assume_role(body.decode(), self.server.endpoint.faults.external_id)
            self._send_text(status, text, "text/xml")
            return
        api = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        try:
            answer = self.server.endpoint.answer(api, json.loads(body or b"{}"))
        except ApiError as error:
            self._send(error.status, {"__type": error.code, "Message": str(error)})
            return
        if answer is None:
            self._break_connection()
        else:
            self._send(200, answer)

    def _send(self, status: int, payload: dict[str, Any]) -> None:
        self._send_text(status, json.dumps(payload), "application/x-amz-json-1.1")

    def _send_text(self, status: int, text: str, content_type: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _break_connection(self) -> None:
        """Close with a reset, as a dying balancer does."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: pytest's output is for failures."""
