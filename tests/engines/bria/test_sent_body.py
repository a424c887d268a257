"""What is sent is what Bria documents, for every request that can exist."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.request import (
    FRAME_SIZES,
    LARGEST_SEED,
    LONGEST_PROMPT,
    SHORTEST_PROMPT,
    parse_request,
)
from core.domain.scene import StructuredPrompt, read_structured_prompt
from core.domain.vocabulary import parameters
from core.engines.base import Order
from core.engines.bria.contract import body_of
from tests.engines.bria.customer import finished, order, with_customer
from tests.fakes.bria import FakeBria
from tests.fakes.bria_server.contract import checked_body

LETTERS = st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t")
PROMPTS = st.text(LETTERS, min_size=SHORTEST_PROMPT, max_size=LONGEST_PROMPT // 4).filter(
    lambda text: text.strip()
)
CHOICES = {
    entry.name: st.none() | st.sampled_from([value.value for value in entry.values])
    for entry in parameters()
}
LEAVES = st.none() | st.booleans() | st.integers() | st.text(LETTERS)
OWNED = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "short_description": st.text(LETTERS),
        "lighting": st.none() | st.dictionaries(st.sampled_from(["conditions"]), st.text(LETTERS)),
        "aesthetics": st.none() | st.fixed_dictionaries({"preference_score": st.text(LETTERS)}),
        "unheard_of": LEAVES | st.lists(LEAVES),
    },
).filter(lambda scene: read_structured_prompt(scene) != StructuredPrompt()).map(json.dumps)
ALLOWED = {"prompt", "structured_prompt", "seed", "aspect_ratio", "sync"}
SCENE = json.dumps(
    {
        "short_description": "a fox at dusk",
        "lighting": {"conditions": "dusk", "direction": "backlit"},
        "aesthetics": {"composition": "centered", "preference_score": "high"},
    }
)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    fields = {
        "prompt": draw(PROMPTS),
        "mode": draw(st.sampled_from(["ai", "manual"])),
        "aspect_ratio": draw(st.sampled_from(list(FRAME_SIZES))),
        **{name: draw(choice) for name, choice in CHOICES.items()},
        "structured_prompt": draw(OWNED),
    }
    if fields["structured_prompt"] is not None:
        fields["instruction"] = draw(st.none() | PROMPTS)
    seed = draw(st.integers(0, LARGEST_SEED))
    return Order(generation_id=1, request=parse_request(fields), seed=seed)


@given(asked=orders(), lite=st.booleans())
def test_no_legal_request_is_refused(asked: Order, lite: bool) -> None:  # noqa: FBT001
    body = body_of(asked)

    endpoint = "image/generate/lite" if lite else "image/generate"
    assert checked_body(endpoint, json.dumps(body).encode(), "application/json") == body
    assert body.keys() <= ALLOWED
    assert body["seed"] == asked.seed
    assert body["aspect_ratio"] == asked.request.aspect_ratio
    assert body["sync"] is False


def test_ai_mode_appends_the_phrases_in_the_order_of_the_parameters() -> None:
    asked = order(lighting="golden-hour", camera_angle="low-angle", style="cinematic")

    assert body_of(asked) == {
        "prompt": "a fox, low camera angle looking up, golden hour light, cinematic film still",
        "seed": 11,
        "aspect_ratio": "1:1",
        "sync": False,
    }


def test_a_prompt_of_full_length_keeps_its_phrases() -> None:
    asked = order(prompt="x" * LONGEST_PROMPT, lighting="golden-hour")

    assert body_of(asked)["prompt"].endswith("x, golden hour light")


def test_manual_mode_sends_the_parameters_as_fields_beside_the_prompt() -> None:
    body = body_of(order(mode="manual", lighting="golden-hour", fov="macro", aspect_ratio="4:5"))

    scene = json.loads(body.pop("structured_prompt"))
    assert body == {"prompt": "a fox", "seed": 11, "aspect_ratio": "4:5", "sync": False}
    assert scene["short_description"] == "a fox"
    assert scene["lighting"]["conditions"] == "golden hour"
    assert scene["photographic_characteristics"] == {"lens_focal_length": "macro"}


def test_a_scene_to_start_from_is_patched_and_sent_alone() -> None:
    for mode in ("ai", "manual"):
        body = body_of(order(mode=mode, lighting="golden-hour", structured_prompt=SCENE))

        scene = json.loads(body["structured_prompt"])
        assert "prompt" not in body
        assert scene["lighting"]["conditions"] == "golden hour"
        assert scene["aesthetics"] == {"composition": "centered", "preference_score": "high"}
        assert scene["short_description"] == "a fox at dusk"


def test_an_instruction_goes_with_the_scene_it_refines() -> None:
    body = body_of(order(structured_prompt=SCENE, instruction="add snow"))

    assert body["prompt"] == "add snow"
    assert json.loads(body["structured_prompt"]) == json.loads(SCENE)


def test_text_that_no_encoding_holds_is_sent_and_comes_back_storable(fake: FakeBria) -> None:
    owned = '{"short_description": "half a \\ud83d fox", "artistic_style": "naïve 🦊"}'

    async def act(engine: Any) -> Any:
        asked = order(mode="manual", structured_prompt=owned)
        return await finished(engine, (await engine.submit(asked)).request_id)

    told = json.loads(with_customer(fake, act).structured_prompt)

    assert told["artistic_style"] == "naïve 🦊"
    assert told["short_description"] == "half a \ufffd fox"


@pytest.mark.parametrize("lite", [False, True])
@pytest.mark.parametrize("owned", [None, SCENE])
def test_what_is_shown_as_sent_is_what_arrives(
    fake: FakeBria,
    lite: bool,  # noqa: FBT001
    owned: str | None,
) -> None:
    asked = order(mode="manual", lighting="golden-hour", structured_prompt=owned)
    shown: list[dict[str, Any]] = []

    async def act(engine: Any) -> None:
        shown.append(engine.sent_body(asked))
        await engine.submit(asked)

    with_customer(fake, act, lite=lite)

    (charge,) = fake.charges()
    assert charge.endpoint == ("image/generate/lite" if lite else "image/generate")
    assert (charge.seed, charge.prompt) == (11, shown[0].get("prompt"))
