"""Small disks that fill up for real, for whoever may mount one."""

from __future__ import annotations

import errno
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path


@lru_cache
def can_mount(folder: Path) -> bool:
    """Whether this process may mount a disk below a folder."""
    try:
        with small_disk(folder, megabytes=1):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Path]:
    """Give a disk of that size that ends with the block."""
    disk = folder / "small-disk"
    disk.mkdir()
    command = [str(shutil.which("mount")), "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs"]
    try:
        subprocess.run([*command, str(disk)], check=True, capture_output=True)
        try:
            yield disk
        finally:
            subprocess.run([str(shutil.which("umount")), "--lazy", str(disk)], check=True)
    finally:
        with suppress(OSError):
            disk.rmdir()


def fill(disk: Path) -> Path:
    """Use up the whole disk with one file and return it; removing it makes space again."""
    filler = disk / "filler"
    with io.FileIO(filler, "w") as file:
        for size in (2**20, 4096):
            _write_until_full(file, size)
    return filler


def _write_until_full(file: io.FileIO, size: int) -> None:
    try:
        while file.write(bytes(size)) == size:
            os.fsync(file.fileno())
    except OSError as failure:
        if failure.errno != errno.ENOSPC:
            raise
