"""An order becomes a shot, and a shot a PNG with its recipe and its scene."""

from __future__ import annotations

import io
import json
from pathlib import Path

from PIL import Image

from core.clock import Clock
from core.domain.request import parse_request
from core.engines.base import Order
from core.engines.live_previews import LivePreviews
from core.engines.preview import Shot
from core.engines.previewing import render_picture, shot_of
from core.engines.render_pool import RenderPool
from core.shelf import Shelf

OWNED = json.dumps({"objects": [{"description": "a dog"}], "background_setting": "a beach"})


def test_an_owned_prompt_is_handed_to_the_renderer_as_the_scene() -> None:
    def shot(**fields: str) -> Shot:
        request = parse_request({"prompt": "a dog", **fields})
        return shot_of(Order(generation_id=1, request=request, seed=7))

    refined = shot(structured_prompt=OWNED, instruction="make it night")

    assert (shot().prompt, shot().structured_prompt) == ("a dog", None)
    assert (refined.prompt, refined.structured_prompt) == ("make it night", OWNED)
    assert shot(structured_prompt=OWNED).prompt == ""


def test_a_scene_is_drawn_without_an_instruction_too() -> None:
    shot = Shot(prompt="", parameters={}, seed=7, width=64, height=64, structured_prompt=OWNED)

    _, readings, structured_prompt = render_picture(shot)

    assert any(r.aspect == "stand-in" and "dog" in r.source for r in readings)
    assert json.loads(structured_prompt)["objects"][0]["description"] == "a dog"


def test_a_drawn_picture_carries_its_recipe_and_tells_its_scene() -> None:
    shot = Shot(
        prompt="make it night", parameters={}, seed=7, width=64, height=64, structured_prompt=OWNED
    )
    content, readings, structured_prompt = render_picture(shot)
    recipe = Image.open(io.BytesIO(content)).info

    assert recipe["started_from"] == OWNED
    assert "no AI" in recipe["Software"]
    assert ("light", "moonlight") in {(r.aspect, r.choice) for r in readings}
    assert json.loads(structured_prompt)["objects"][0]["description"] == "a dog"


def test_a_live_draft_shows_the_scene_that_a_request_starts_from(tmp_path: Path) -> None:
    previews = LivePreviews(RenderPool(processes=1), Shelf(tmp_path, Clock(), kept_seconds=60))
    boat = parse_request({"prompt": "a boat"})
    scene = boat.model_copy(update={"structured_prompt": '{"short_description": "a dog"}'})
    night = scene.model_copy(update={"instruction": "make it night"})

    addresses = [previews.offer(one, seed=7) for one in (boat, scene, night, boat)]

    assert len(set(addresses)) == 3
    assert addresses[0] == addresses[3]
