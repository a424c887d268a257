"""Recipes inside PNG copies, tables without formulas, copies of settings."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image, PngImagePlugin

from core.batches.from_history import lines_of_copies, plan_of
from core.errors import InvalidRequestError
from core.generation.copy_plan import plan_copies
from core.library.png_recipe import read_recipe, with_recipe, without_metadata
from core.wiring import Studio
from tests.batches.orders import feeder_of
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures

SCENE = {
    "short_description": "a boat",
    "lighting": {"conditions": "soft"},
    "aesthetics": {"color_scheme": "blue", "composition": "centered"},
}


def one_picture(studio: Studio, **columns: object) -> int:
    digest = studio.media.keep(painted_square(9), "image/png")
    shown = {"image_sha256": digest, "image_type": "image/png", "image_width": 64}
    (number,) = add_pictures(
        studio, {**shown, "image_height": 64, **columns}, scene=json.dumps(SCENE)
    )
    return number


def test_a_copy_tells_how_it_was_made_and_its_pixels_stay(studio: Studio) -> None:
    number = one_picture(studio, prompt="a boat — 船", lighting="soft", seed=77)
    made, detail = studio.service.see(number), studio.service.see_detail(number)
    original = studio.service.picture_file(made).path.read_bytes()

    copy = with_recipe(original, made, detail)

    with Image.open(io.BytesIO(copy)) as told, Image.open(io.BytesIO(original)) as plain:
        assert isinstance(told, PngImagePlugin.PngImageFile)
        assert told.text["parameters"].startswith("a boat — 船\nSeed: 77, Size: 64x64, Model: FIBO")
        assert told.tobytes() == plain.tobytes()
    recipe = read_recipe(copy)
    assert (recipe.request.prompt, recipe.request.seed) == ("a boat — 船", 77)
    assert recipe.request.parameters == {"lighting": "soft"}
    assert studio.library.owner_of(recipe.original_sha256 or "") == number
    assert without_metadata(copy) == without_metadata(original)
    assert b"fibo" not in without_metadata(copy)
    assert studio.service.picture_file(made).path.read_bytes() == original


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", painted_square(3), b"GIF89a"])
def test_a_file_without_a_recipe_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(InvalidRequestError, match=r"recipe|PNG"):
        read_recipe(content)


def test_tables_hold_no_formula_and_lose_nothing(studio: Studio, tmp_path: Path) -> None:
    prompts = ['=HYPERLINK("http://evil.example")', "@SUM(A1)", "a, boat\nat sea", "'-quoted"]
    ids = add_pictures(studio, *({"prompt": prompt} for prompt in prompts))

    assert studio.library.write_table("", tmp_path / "h.csv") == 4
    assert studio.library.write_table("boat", tmp_path / "h.parquet") == 1

    with (tmp_path / "h.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["prompt"] for row in rows[::-1]] == [
        *("'" + prompt for prompt in prompts[:2]),
        prompts[2],
        "''-quoted",
    ]
    assert [row["id"] for row in rows[::-1]] == [str(number) for number in ids]
    table = pq.read_table(tmp_path / "h.parquet").to_pylist()
    assert (table[0]["id"], table[0]["prompt"]) == (ids[2], prompts[2])


def test_a_copy_of_settings_takes_the_chosen_fields_and_nothing_else(studio: Studio) -> None:
    donor_scene = {"lighting": {"conditions": "golden"}, "aesthetics": {"color_scheme": "warm"}}
    (source_scene,) = add_pictures(studio, {"prompt": "a dune"}, scene=json.dumps(donor_scene))
    target = one_picture(studio, prompt="a boat", seed=5)

    plans = plan_copies(
        studio.service, source_scene, [target, source_scene], ["aesthetics.color_scheme"]
    )
    lines = lines_of_copies(plans)
    batch = studio.batches.start(plan_of("Copy", lines), lines)
    feeder_of(studio).feed()
    (line,) = studio.batches.lines(batch.id)
    made = line.generation
    assert made is not None

    assert [plan.changes for plan in plans] == [(("aesthetics.color_scheme", "blue", "warm"),)]
    scene = json.loads(studio.service.see_detail(made.id).asked_scene or "")
    assert scene == {**SCENE, "aesthetics": {"color_scheme": "warm", "composition": "centered"}}
    assert (made.parent_id, made.seed, made.batch_id) == (target, 5, batch.id)
    with pytest.raises(InvalidRequestError):
        plan_copies(studio.service, source_scene, [target], ["objects"])
