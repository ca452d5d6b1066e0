"""A real server to download from, and tables as an import leaves them."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """Answers each path as a test says; as a proxy, each whole URL."""

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def whole(self, path: str, content: bytes) -> str:
        return self.announced(path, content, len(content))

    def announced(self, path: str, content: bytes, length: int) -> str:
        """Sends `content` but announces `length`."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            send_head(request, length)
            request.wfile.write(content)

        self.answers[path] = answer
        return self.address + path

    def stalled(self, path: str, content: bytes, length: int) -> str:
        """Sends `content` and then nothing more, without hanging up."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            send_head(request, length)
            request.wfile.write(content)
            request.wfile.flush()
            self.closing.wait()

        self.answers[path] = answer
        return self.address + path

    def dripping(self, path: str, length: int) -> str:
        """Sends a little every moment, for as long as somebody listens."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            send_head(request, length)
            while not self.closing.wait(0.05):
                request.wfile.write(b"x" * 10_000)

        self.answers[path] = answer
        return self.address + path


def send_head(request: BaseHTTPRequestHandler, length: int) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(length))
    request.end_headers()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.requests.append(self.path)
            if self.path not in known.answers:
                self.send_error(404)
                return
            try:
                known.answers[self.path](self)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = Server(f"http://127.0.0.1:{listening.server_port}")
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield known
    known.closing.set()
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def files_below() -> Callable[[Path], list[str]]:
    """Names of all files under a folder, hidden ones too."""

    def names(folder: Path) -> list[str]:
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

    return names
