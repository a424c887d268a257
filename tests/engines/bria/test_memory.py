"""What large pictures take of the memory, and give back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.serving import ROOT, clean_environment


def test_sixteen_pictures_of_39_megapixels_are_decoded_one_at_a_time_and_leave_nothing(
    tmp_path: Path,
) -> None:
    words = [sys.executable, "-m", "tests.engines.bria.fetching_many", str(tmp_path)]

    done = subprocess.run(words, cwd=ROOT, env=clean_environment(), capture_output=True, check=True)

    megabytes = json.loads(done.stdout)
    # one decoded and one being made small; all at once they took 1,771 and kept 543
    assert megabytes["peak"] < 600
    assert megabytes["kept"] < 150
