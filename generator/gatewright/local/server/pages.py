"""The APIs' docs over HTTP: /docs/<api>/… is build/<api>/docs/…, and nothing else of this machine.

In: an unsigned GET or HEAD to 127.0.0.1 (a signed one is for a bucket named docs). Out: the file, or 404. A folder
leads to its index.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import unquote

from gatewright.apigateway.gateway.types import Response
from gatewright.local.server.address import LOCAL, bare
from gatewright.local.server.wire import Incoming

PREFIX = "/docs/"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".yaml": "application/yaml",
}
ALWAYS = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-cache"))
NOT_FOUND = Response(404, (*ALWAYS, ("Content-Type", "text/plain; charset=utf-8")), b"There is no such page.\n")


def is_for_reader(incoming: Incoming) -> bool:
    """Whether a request is a reader's, and not an AWS client's."""
    return (
        incoming.path.startswith(PREFIX)
        and incoming.method in ("GET", "HEAD")
        and bare(incoming.host) in LOCAL
        and incoming.header("authorization") is None
        and "X-Amz-" not in incoming.query
    )


class Pages:
    """`build` is the repository's build folder."""

    def __init__(self, build: Path) -> None:
        self.build = build

    async def handle(self, incoming: Incoming) -> Response:
        found = self.find(incoming.path)
        if found is None:
            return NOT_FOUND
        if found.is_dir():
            if not incoming.path.endswith("/"):
                return Response(308, (*ALWAYS, ("Location", f"/{incoming.path.lstrip('/')}/")), b"")
            found = found / "index.html"
        try:
            content = found.read_bytes()
        except OSError:
            return NOT_FOUND
        kind = TYPES.get(found.suffix) or mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        return Response(200, (*ALWAYS, ("Content-Type", kind)), content)

    def find(self, path: str) -> Path | None:
        """The file or folder that a raw path names; None outside the docs, whatever links and dots would say."""
        api, _, rest = unquote(path.removeprefix(PREFIX)).partition("/")
        if not api or api in (".", "..") or "\\" in path or "\x00" in rest + api:
            return None
        folder = (self.build / api / "docs").resolve()
        try:
            found = (folder / rest).resolve()
            found.stat()
        except (OSError, RuntimeError):
            return None
        if folder.parent.parent != self.build.resolve() or not found.is_relative_to(folder):
            return None
        return found
