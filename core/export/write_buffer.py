"""A file that can only be written to and hands on at once what it was given."""

from __future__ import annotations

import io


class WriteBuffer(io.RawIOBase):
    """Collects what is written until it is taken; `zipfile` streams into such a file."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Return True: it takes everything."""
        return True

    def write(self, piece: object) -> int:
        """Keep a piece and return its length in bytes."""
        content = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(content)
        return len(content)

    def take(self) -> bytes:
        """Return everything written since the last time."""
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content
