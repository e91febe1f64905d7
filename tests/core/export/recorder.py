"""A proxy that keeps each request as it came, and lets a real simulator answer it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from coldbyte.core.body import RequestBody
from coldbyte.core.json.reader import read_json
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.record import an_object


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came over the socket, and the status of the answer."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int

    @property
    def prefix(self) -> bytes:
        """The canonical prefix of what came."""
        betas = [name for name in self.headers.get("anthropic-beta", "").split(",") if name]
        return prefix_of(RequestBody(an_object(read_json(self.body), "")), betas=betas).encode()


@dataclass
class Recorder:
    """Where it listens, and what it received."""

    url: str
    received: list[Received] = field(default_factory=list)


@contextmanager
def recorder(simulator: str) -> Iterator[Recorder]:
    """A recorder in front of a simulator."""
    host = urlsplit(simulator).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            connection = http.client.HTTPConnection(host, timeout=60)
            try:
                passed = {name: value for name, value in headers.items() if name != "host"}
                connection.request("POST", self.path, body, passed)
                answer = connection.getresponse()
                data = answer.read()
            finally:
                connection.close()
            kept.received.append(Received(self.path, headers, body, answer.status))
            self.send_response(answer.status)
            self.send_header("content-type", answer.headers["content-type"])
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept = Recorder(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
