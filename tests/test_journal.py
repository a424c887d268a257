"""The side journal: a number that came back is there afterwards, whatever the disk does."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import NotReadyError
from core.journal import Journal
from tests.disks import can_mount, fill, small_disk
from tests.serving import ROOT

ROOM = 64 * 1024
NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def open_journal(path: Path, *, reserved_bytes: int = ROOM) -> Journal:
    journal = Journal(path, reserved_bytes=reserved_bytes)
    journal.prepare()
    with contextlib.suppress(NotReadyError):
        journal.check()
    return journal


def add(journal: Journal, generation_id: int, request_id: str = "") -> None:
    journal.append(
        generation_id=generation_id, number=1, request_id=request_id or f"request {generation_id}"
    )


def numbers_in(path: Path) -> list[int]:
    return [generation_id for generation_id, _number, _id in Journal(path).entries()]


def test_what_is_appended_is_found_again_by_another_process(path: Path) -> None:
    journal = open_journal(path)
    add(journal, 1, "the first")
    journal.append(generation_id=1, number=2, request_id="the second")

    again = Journal(path)

    assert again.find(1, 2) == "the second"
    assert again.entries() == [(1, 1, "the first"), (1, 2, "the second")]
    assert again.find(1, 3) is None


def test_a_journal_of_an_earlier_version_is_read_and_continued(path: Path) -> None:
    path.write_text('\n[1, 1, "old"]\n\n[2, 1, "older"]\n')
    journal = open_journal(path)

    add(journal, 3, "new")

    assert Journal(path).entries() == [(1, 1, "old"), (2, 1, "older"), (3, 1, "new")]
    assert path.read_bytes().startswith(b'\n[1, 1, "old"]\n\n[2, 1, "older"]\n\n[3, 1, "new"]\n\0')


def test_what_an_earlier_version_appends_behind_the_room_is_read(path: Path) -> None:
    add(open_journal(path), 1)
    with path.open("ab") as file:
        file.write(b'\n[2, 1, "behind"]\n')
    journal = open_journal(path)

    add(journal, 3)

    assert numbers_in(path) == [1, 2, 3]


def test_room_is_reserved_once_and_again_when_three_quarters_are_used(path: Path) -> None:
    journal = open_journal(path)
    assert path.stat().st_size == ROOM
    assert path.stat().st_blocks * 512 >= ROOM

    for number in range(1, 70):
        add(journal, number, "x" * 900)

    assert path.stat().st_size == 2 * ROOM
    assert numbers_in(path) == list(range(1, 70))


def test_room_is_reserved_with_zeros_where_the_system_has_no_call_for_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "posix_fallocate")

    journal = open_journal(path)

    assert path.stat().st_blocks * 512 >= ROOM
    add(journal, 1)
    assert numbers_in(path) == [1]


def test_room_is_reserved_with_zeros_on_a_disk_that_knows_no_other_way(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "not here")

    monkeypatch.setattr(os, "posix_fallocate", refuse)

    open_journal(path)

    assert path.stat().st_blocks * 512 >= ROOM


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    if not can_mount(tmp_path):
        pytest.skip("only root can mount a small disk")
    with small_disk(tmp_path, megabytes=1) as mounted:
        yield mounted


def test_a_full_disk_takes_lines_into_the_room(disk: Path) -> None:
    journal = open_journal(disk / "journal.jsonl")
    fill(disk)

    for number in range(1, 60):
        add(journal, number, "x" * 900)
        journal.check()

    assert numbers_in(disk / "journal.jsonl") == list(range(1, 60))


def test_a_line_that_no_disk_takes_is_remembered_and_written_when_there_is_space(
    disk: Path,
) -> None:
    path = disk / "journal.jsonl"
    journal = Journal(path, reserved_bytes=ROOM)
    path.touch()
    filler = fill(disk)

    with pytest.raises(OSError, match="No space"):
        add(journal, 1, "kept in memory")

    assert journal.find(1, 1) == "kept in memory"
    assert journal.entries() == [(1, 1, "kept in memory")]
    assert journal.count_unwritten() == 1
    with pytest.raises(NotReadyError, match="No space left"):
        journal.check()
    assert numbers_in(path) == []

    filler.unlink()
    journal.check()

    assert journal.count_unwritten() == 0
    assert numbers_in(path) == [1]


def test_a_line_that_was_half_written_is_taken_back(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_journal(path)
    add(journal, 1)
    before = path.read_bytes()
    really = io.FileIO.write

    class Full(io.FileIO):
        writes = 0

        def write(self, content: object, /) -> int:
            type(self).writes += 1
            if type(self).writes == 2:
                raise OSError(errno.EIO, "Input/output error")
            return really(self, memoryview(content)[:9])  # type: ignore[arg-type]

    monkeypatch.setattr(io, "FileIO", Full)
    with pytest.raises(OSError, match="Input/output"):
        add(journal, 2)
    monkeypatch.undo()

    assert path.read_bytes() == before
    add(journal, 3)
    assert sorted(numbers_in(path)) == [1, 2, 3]
    assert open_journal(path).count_odd_lines() == 0


def test_a_line_that_the_rows_have_is_no_longer_waited_for(path: Path) -> None:
    path.mkdir()
    journal = Journal(path)
    for generation_id in (1, 2):
        with pytest.raises(OSError, match="no file"):
            add(journal, generation_id)

    journal.leave_to_rows(generation_id=1, number=1)

    assert journal.count_unwritten() == 1
    path.rmdir()
    add(journal, 3)
    assert numbers_in(path) == [2, 3]


def test_a_line_is_written_once_however_often_it_is_tried(path: Path) -> None:
    journal = open_journal(path)

    for _ in range(3):
        add(journal, 1)

    assert path.read_bytes().count(b"request 1") == 1


ODD = {
    "an object": b'{"generation": 1}',
    "too few": b"[1, 2]",
    "too many": b'[1, 2, "x", 4]',
    "words for numbers": b'["a", "b", "c"]',
    "a number for words": b"[1, 1, 7]",
    "true": b'[true, 1, "x"]',
    "a fraction": b'[1.5, 1, "x"]',
    "nothing": b"null",
    "a word": b'"]"',
    "a huge number": b'[99999999999999999999, 1, "x"]',
    "below one": b'[-1, 1, "x"]',
    "deep": b"[" * 4000 + b"]" * 90,
    "half a letter": b'[1, 1, "\\ud800"]',
    "a NUL as letter": b'[1, 1, "\\u0000"]',
    "not UTF-8": b'[1, 1, "\xff\xfe"]',
    "UTF-16": '[1, 1, "x"]'.encode("utf-16-be").replace(b"\0", b"\xfe"),
    "cut": b'[1, 1, "cut sh',
    "huge": b'[1, 1, "' + b"x" * 200_000 + b'"]',
    "noise": bytes(range(11, 256)),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_a_line_that_is_none_of_ours_is_set_aside_and_told(path: Path, odd: bytes) -> None:
    path.write_bytes(b'[1, 1, "before"]\n' + odd + b'\n[2, 1, "after"]\n')

    journal = open_journal(path)

    assert journal.entries() == [(1, 1, "before"), (2, 1, "after")]
    assert journal.count_odd_lines() == 1
    assert path.with_suffix(".odd").read_bytes() == odd + b"\n"
    add(journal, 3)
    assert open_journal(path).count_odd_lines() == 1
    path.with_suffix(".odd").unlink()
    assert open_journal(path).count_odd_lines() == 0
    assert numbers_in(path) == [1, 2, 3]


def test_a_cut_last_line_is_set_aside_when_the_next_one_comes(path: Path) -> None:
    journal = open_journal(path)
    add(journal, 1)
    with path.open("r+b") as file:
        file.seek(path.read_bytes().index(b"\0"))
        file.write(b'[2, 1, "cut sh')

    assert numbers_in(path) == [1]
    add(journal, 3)

    assert numbers_in(path) == [1, 3]
    assert path.with_suffix(".odd").read_bytes() == b'[2, 1, "cut sh\n'


def test_what_a_power_cut_left_behind_a_hole_is_read_and_not_written_over(path: Path) -> None:
    open_journal(path, reserved_bytes=8 * ROOM)
    with path.open("r+b") as file:
        file.write(b'[1, 1, "x"]\n')
        file.seek(4096)
        file.write(b'[2, 1, "near"]\n')
        file.seek(5 * ROOM)
        file.write(b'[3, 1, "far"]\n')

    journal = open_journal(path)
    add(journal, 4)

    assert numbers_in(path) == [1, 2, 3, 4]


def test_a_line_across_two_blocks_is_one_line(path: Path) -> None:
    for filling in range(60, 80):
        line = b'[7, 1, "across"]\n'
        path.write_bytes(b"\n" * (ROOM - filling + 60) + line)
        assert Journal(path).entries() == [(7, 1, "across")]
        path.write_bytes(bytes(ROOM - filling + 60) + line)
        assert Journal(path).entries() == [(7, 1, "across")]


def be_a_folder(place: Path) -> None:
    place.mkdir()


def be_a_pipe(place: Path) -> None:
    os.mkfifo(place)


def be_a_loop(place: Path) -> None:
    place.symlink_to(place.name)


@pytest.mark.parametrize("name", ["journal.jsonl", "journal.lock"])
@pytest.mark.parametrize("spoil", [be_a_folder, be_a_loop])
def test_what_lies_in_its_place_stops_paid_orders_with_a_sentence(
    tmp_path: Path, path: Path, name: str, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / name)
    journal = open_journal(path)

    assert journal.entries() == []
    assert journal.find(1, 1) is None
    with pytest.raises(NotReadyError, match=r"journal\.jsonl, the journal .* cannot be written"):
        journal.check()
    with pytest.raises(OSError, match=r"irector|no file|links"):
        add(journal, 1)
    assert journal.find(1, 1) == "request 1"


def test_a_pipe_in_its_place_is_not_waited_for(path: Path) -> None:
    be_a_pipe(path)
    journal = open_journal(path)

    assert journal.entries() == []
    with pytest.raises(NotReadyError, match="no file"):
        journal.check()


def test_a_journal_that_goes_away_while_the_studio_runs_stops_paid_orders(
    path: Path,
) -> None:
    journal = open_journal(path)
    add(journal, 1)
    path.unlink()

    with pytest.raises(NotReadyError, match="went away"):
        journal.check()

    assert not path.exists()
    assert journal.find(1, 1) == "request 1"
    add(journal, 2)  # a number in hand is written wherever that is possible
    assert numbers_in(path) == [2]


def test_a_data_folder_that_went_away_is_not_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    journal = open_journal(folder / "journal.jsonl")
    folder.rename(tmp_path / "elsewhere")

    with pytest.raises(NotReadyError):
        journal.check()
    with pytest.raises(FileNotFoundError):
        add(journal, 1)

    assert not folder.exists()


def test_settled_lines_are_moved_while_another_process_goes_on(path: Path) -> None:
    ours, theirs = open_journal(path), open_journal(path)
    for number in range(1, 4):
        add(ours, number)
    assert theirs.find(3, 1) == "request 3"

    moved = ours.set_settled_aside({(1, 1, "request 1"), (2, 1, "request 2")}, now=NOW)
    add(theirs, 4)
    add(ours, 5)

    assert moved == 2
    assert numbers_in(path) == [3, 4, 5]
    assert path.stat().st_size >= ROOM
    assert ours.find(1, 1) is None
    (name,) = ours.settled_files()
    assert [one for one, *_ in theirs.read_settled(name)] == [1, 2]


def test_a_file_that_got_the_number_of_the_old_one_is_read_from_its_beginning(path: Path) -> None:
    journal = open_journal(path)
    for number in range(1, 4):
        add(journal, number)
    lines = b"".join(b'[%d, 1, "request %d"]\n' % (one, one) for one in range(3, 9))
    with path.open("rb+") as file:
        file.write(lines.ljust(ROOM, b"\0"))

    assert {one for one, *_ in journal.entries()} == set(range(1, 9))
    add(journal, 9)
    assert numbers_in(path) == [*range(3, 10)]


def test_a_number_of_unusual_letters_is_moved_and_read_as_it_was(path: Path) -> None:
    journal = open_journal(path)
    odd = 'a "number" \\ of Ünusual letters'
    add(journal, 1, odd)
    add(journal, 2, "usual")

    journal.set_settled_aside(set(journal.entries()), now=NOW)

    (name,) = journal.settled_files()
    assert journal.read_settled(name) == [(1, 1, odd), (2, 1, "usual")]


def test_lines_that_cannot_be_moved_stay_where_they_are(disk: Path) -> None:
    path = disk / "journal.jsonl"
    journal = open_journal(path)
    add(journal, 1)
    filler = fill(disk)

    with pytest.raises(OSError, match="No space"):
        journal.set_settled_aside(set(journal.entries()), now=NOW)

    assert numbers_in(path) == [1]
    add(journal, 2)
    filler.unlink()
    assert journal.set_settled_aside(set(journal.entries()), now=NOW) == 2
    assert numbers_in(path) == []


APPENDER = """
import sys
from pathlib import Path
from core.journal import Journal
journal = Journal(Path(sys.argv[1]), reserved_bytes=65536)
first = int(sys.argv[2])
for number in range(first, first + 60):
    journal.append(generation_id=number, number=1, request_id="x" * (number % 60 + 1))
    journal.find(999_999, 1)
"""


def test_processes_that_append_together_lose_no_line(path: Path) -> None:
    firsts = (1, 1001, 2001)
    writers = [
        subprocess.Popen([sys.executable, "-c", APPENDER, str(path), str(first)], cwd=ROOT)
        for first in firsts
    ]

    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    wanted = [number for first in firsts for number in range(first, first + 60)]
    assert sorted(numbers_in(path)) == wanted
    assert open_journal(path).count_odd_lines() == 0


def test_a_line_of_another_process_is_found_without_a_restart(path: Path) -> None:
    ours, theirs = open_journal(path), open_journal(path)
    assert ours.find(1, 1) is None

    add(theirs, 1)

    assert ours.find(1, 1) == "request 1"
    add(ours, 2)
    assert theirs.find(2, 1) == "request 2"
    assert numbers_in(path) == [1, 2]


def test_the_name_of_a_new_journal_is_on_disk_before_its_first_line_counts(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    really = os.fsync

    def remember(handle: int) -> None:
        really(handle)
        flushed.append(os.fstat(handle).st_ino)

    monkeypatch.setattr(os, "fsync", remember)

    add(Journal(path, reserved_bytes=ROOM), 1)

    assert path.parent.stat().st_ino in flushed
    assert flushed[-1] == path.stat().st_ino


def test_a_file_that_may_not_grow_takes_lines_into_its_room(path: Path) -> None:
    journal = open_journal(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, limits[1]))
    try:
        for number in range(1, 60):
            add(journal, number, "x" * 900)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert numbers_in(path) == list(range(1, 60))
