"""A plain httpx client that says in a few words what it met."""

from __future__ import annotations

import io
import json
import warnings
from typing import Any, Self

import httpx
from PIL import Image

from tests.fakes.bria import FakeBria

MOST_BYTES = 4_000_000
READ_SECONDS = 1.5


class Visitor:
    """Submits, polls and fetches once each, without retries, redirects or mercy."""

    def __init__(self, fake: FakeBria) -> None:
        self._fake = fake
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.Client(
            timeout=httpx.Timeout(10, read=READ_SECONDS), trust_env=False, limits=limits
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def submit(self, endpoint: str = "image/generate", **body: Any) -> str:
        """Return what one POST met."""
        sent = json.dumps(body or {"prompt": "a fox", "seed": 11})
        return self.meet("POST", f"{self._fake.v2_url}/{endpoint}", sent.encode())

    def poll(self, request_id: str) -> str:
        """Return what one poll met."""
        return self.meet("GET", f"{self._fake.v2_url}/status/{request_id}")

    def fetch(self, image_url: str) -> str:
        """Return what one download met."""
        return self.meet("GET", image_url)

    def meet(self, method: str, url: str, content: bytes | None = None) -> str:
        """Return the failure of a call, or its status and its body in words."""
        try:
            response, body = self.call(method, url, content)
        except httpx.TransportError as problem:
            return type(problem).__name__
        return f"{response.status_code} {in_words(response, body)}".strip()

    def call(
        self, method: str, url: str, content: bytes | None = None
    ) -> tuple[httpx.Response, bytes]:
        """Return an answer and at most MOST_BYTES of its body."""
        headers = {"content-type": "application/json"} if content is not None else {}
        if url.startswith((self._fake.base_url, "https://")):
            headers["api_token"] = self._fake.token
        body = b""
        with self._http.stream(method, url, content=content, headers=headers) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    break
        return response, body

    def accepted(self, **body: Any) -> str:
        """Submit something that must be accepted and return its request_id."""
        assert self.submit(**body) == "202 request_id status_url"
        return self._fake.charges()[-1].request_id

    def status_of(self, request_id: str) -> dict[str, Any]:
        """Return the JSON of one poll."""
        _, body = self.call("GET", f"{self._fake.v2_url}/status/{request_id}")
        found: dict[str, Any] = json.loads(body)
        return found

    def image_url(self, request_id: str) -> str:
        """Poll until the job is ready and return the address of its picture."""
        while (told := self.status_of(request_id))["status"] == "IN_PROGRESS":
            pass
        return str(told["result"]["image_url"])


def in_words(response: httpx.Response, body: bytes) -> str:
    """Describe a body: fields of JSON, fate of a picture, or the kind of page."""
    if len(body) > MOST_BYTES:
        return "too much"
    kind = response.headers.get("content-type", "")
    if kind == "application/json":
        return _json_in_words(body)
    return _picture_in_words(body) if kind.startswith("image/") else kind


def _json_in_words(body: bytes) -> str:
    try:
        content = json.loads(body)
    except ValueError:
        return "not JSON"
    if not isinstance(content, dict):
        return "not an object"
    error = content.get("error", {})
    words = [content.get("status", ""), *content.get("result", {}), *error.values()]
    if not any(words):
        words = list(content)
    return " ".join(str(word).split("://")[0] for word in words if word)[:60]


def _picture_in_words(body: bytes) -> str:
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(body)) as picture:
            size = f"{picture.width}x{picture.height}"
            if picture.width * picture.height > 40_000_000 or max(picture.size) > 8192:
                return f"bomb {size}"
            picture.load()
    except OSError:
        return "does not load"
    try:
        with Image.open(io.BytesIO(body)) as picture:
            picture.verify()
    except (OSError, SyntaxError, ValueError):
        return "loads but does not verify"
    return f"picture {size}"
