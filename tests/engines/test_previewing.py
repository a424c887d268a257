"""An order becomes a shot, and a shot a PNG with its recipe and its scene."""

from __future__ import annotations

import io
import json

from PIL import Image

from core.domain.request import parse_request
from core.engines.base import Order
from core.engines.preview import Shot
from core.engines.previewing import draw_picture, shot_of

OWNED = json.dumps({"objects": [{"description": "a dog"}], "background_setting": "a beach"})


def test_an_owned_prompt_is_handed_to_the_renderer_as_the_scene() -> None:
    request = parse_request({"prompt": "make it night"})
    plain = shot_of(Order(generation_id=1, request=request, seed=7))
    owned = shot_of(Order(generation_id=1, request=request, seed=7, owned_prompt=OWNED))

    assert plain.structured_prompt is None
    assert owned.structured_prompt == OWNED


def test_a_drawn_picture_carries_its_recipe_and_tells_its_scene() -> None:
    shot = Shot(
        prompt="make it night", parameters={}, seed=7, width=64, height=64, structured_prompt=OWNED
    )
    content, readings, structured_prompt = draw_picture(shot)
    recipe = Image.open(io.BytesIO(content)).info

    assert recipe["started_from"] == OWNED
    assert "no AI" in recipe["Software"]
    assert ("light", "moonlight") in {(r.aspect, r.choice) for r in readings}
    assert json.loads(structured_prompt)["objects"][0]["description"] == "a dog"
