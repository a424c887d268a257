"""Writing files that survive a power cut, and removing obstacles from their places."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import AcquireReturnProxy, FileLock

_NOT_OFFERED = {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EACCES, errno.EPERM}
"""What network folders and Windows answer when a folder cannot be flushed by itself."""

_CANNOT_RESERVE = {errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS}
BLOCK = 64 * 1024
"""How much of a file is read or written at once."""


def flush_folder(folder: Path) -> None:
    """Flush a folder, so that the names in it are on disk, where the system allows that.

    After a power cut, a flushed file may still lack its name.
    """
    if os.name == "nt":
        return  # Windows does not open folders, and its file system keeps names in order
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return  # it may be written but not read
    try:
        os.fsync(handle)
    except OSError as failure:
        if failure.errno not in _NOT_OFFERED:
            raise
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Create a folder and its parents, each with its name on disk; existing ones are fine."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush_folder(folder.parent)


def write_whole(
    path: Path, content: bytes, *, before_rename: Callable[[], None] = lambda: None
) -> None:
    """Put a file in its place in one step, with its bytes and its name flushed to disk."""
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        before_rename()
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)
    flush_folder(path.parent)


def is_readable_file(path: Path) -> bool:
    """Return whether there is a file that this process may read; False also if that is unknown."""
    try:
        return path.is_file() and os.access(path, os.R_OK)
    except OSError:
        return False


def set_aside(path: Path, *, wanted: int) -> Path | None:
    """Rename whatever is in the place of something else; return its new path, or None.

    `wanted` is the kind that may stay, as in the stat module (`stat.S_IFREG`). Links stay, since
    somebody decided where they lead.
    """
    try:
        kind = stat.S_IFMT(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if kind in {wanted, stat.S_IFLNK}:
        return None
    aside, number = path.with_name(f"{path.name}.odd"), 1
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.name}.odd-{number}")
    with contextlib.suppress(FileNotFoundError):  # somebody else was faster
        path.rename(aside)
    flush_folder(path.parent)
    return aside


def open_or_make(path: str, flags: int) -> int:
    """Open a file, creating it if needed: an opener for `io.FileIO`."""
    return os.open(path, flags | os.O_CREAT, 0o644)


def take_lock(lock: FileLock) -> AcquireReturnProxy:
    """Take a lock that several processes share and return it; OSError if that fails.

    Its folder must exist, because taking a lock would create it.
    """
    folder = Path(lock.lock_file).parent
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, "its folder went away", str(folder))
    try:
        return lock.acquire()
    except NotImplementedError as missing:
        raise OSError(errno.ENOLCK, str(missing)) from missing


def parts(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield position and size of the blocks from `begin` to `end`."""
    for position in range(begin, end, BLOCK):
        yield position, min(BLOCK, end - position)


def read_at(file: io.FileIO, size: int, position: int) -> bytes:
    """Return the bytes at a position, fewer than `size` at the end of the file."""
    file.seek(position)
    return file.read(size)


def write_at(file: io.FileIO, content: bytes, position: int) -> None:
    """Write all bytes at a position; OSError may leave only a part written."""
    file.seek(position)
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def reserve(file: io.FileIO, size: int, new_size: int) -> None:
    """Make a file longer, so that later writes into it need no more disk space."""
    try:
        os.posix_fallocate(file.fileno(), size, new_size - size)
    except AttributeError:
        pass  # macOS and Windows have no such call
    except OSError as failure:
        if failure.errno not in _CANNOT_RESERVE:
            raise
    else:
        return
    for position, part in parts(size, new_size):
        write_at(file, bytes(part), position)
