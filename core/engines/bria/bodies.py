"""Reads a body in pieces, never more than its limit, also after decompression."""

from __future__ import annotations

import zlib

import httpx


class BodyError(Exception):
    """A body that was not read to its end; `word` says why."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class _Gunzip:
    """One layer of gzip, decompressed in pieces."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(16 + zlib.MAX_WBITS)

    @property
    def is_done(self) -> bool:
        """Whether the compressed content has ended."""
        return self._inner.eof

    def open(self, piece: bytes, most_bytes: int) -> bytes:
        """Return the decompressed piece, at most `most_bytes` of it."""
        try:
            return self._inner.decompress(piece, most_bytes)
        except zlib.error as problem:
            raise BodyError("cut_answer") from problem


async def read_capped(response: httpx.Response, body: bytearray, *, most_bytes: int) -> None:
    """Fill `body` with the response; BodyError if it is longer than `most_bytes` or unreadable.

    httpx would decompress a piece of 64 kB into 64 MB before anybody can count, and several layers
    into far more, so the raw pieces are decompressed here. We ask for no compression at all; one
    layer of gzip is accepted, because caches add it.
    """
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise BodyError("unknown_encoding")
    gunzip = _Gunzip() if encoding.endswith("gzip") else None
    received = 0
    async for piece in response.aiter_raw():
        received += len(piece)
        remaining = most_bytes + 1 - len(body)
        body += gunzip.open(piece, remaining) if gunzip else piece[:remaining]
        if max(len(body), received) > most_bytes:
            del body[most_bytes:]
            raise BodyError("too_large")
        if gunzip and gunzip.is_done:
            return
    announced = response.headers.get("content-length", str(received))
    if gunzip or announced != str(received):
        raise BodyError("cut_answer")
