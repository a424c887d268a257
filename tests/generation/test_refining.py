"""Making a picture again with something changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.domain.request import parse_request
from core.domain.states import State
from core.errors import InvalidRequestError
from core.generation.pipeline import Pipeline
from core.generation.refining import refine
from core.records.generations import Generation
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.fakes.engine import PaintedEngine
from tests.running import run_pipeline


@pytest.fixture
def parent(studio: Studio) -> Generation:
    request = parse_request({"prompt": "a red boat", "lighting": "golden-hour", "seed": 7})
    return run_pipeline(studio, Pipeline(studio.context), studio.service.ask(request))


def test_a_child_has_the_scene_and_the_seed_of_its_parent(
    studio: Studio, parent: Generation
) -> None:
    child = refine(studio.service, parent.id, instruction="make it night")

    scene = json.loads(studio.service.see_detail(child.id).asked_scene or "")
    assert scene["short_description"] == "a square"  # as the painter described its picture
    assert (child.parent_id, child.seed, child.instruction) == (parent.id, 7, "make it night")
    assert child.prompt == parent.prompt


def test_only_what_was_changed_is_asked_of_the_child(studio: Studio, parent: Generation) -> None:
    child = refine(studio.service, parent.id, parameters={"fov": "macro"})

    order = studio.context.order(child)
    assert order.request.parameters == {"fov": "macro"}
    assert order.request.structured_prompt == studio.service.see_detail(parent.id).structured_prompt


def test_a_child_is_made_like_any_other_picture(studio: Studio, parent: Generation) -> None:
    child = refine(studio.service, parent.id, instruction="add snow", seed=8)

    made = run_pipeline(studio, Pipeline(studio.context), child)

    assert made.state is State.COMPLETED
    assert made.seed == 8


def test_the_same_change_asked_again_is_answered_with_the_picture_owned(
    studio: Studio, parent: Generation
) -> None:
    first = refine(studio.service, parent.id, instruction="add snow")
    run_pipeline(studio, Pipeline(studio.context), first)

    again = refine(studio.service, parent.id, instruction="add snow")
    other = refine(studio.service, parent.id, instruction="add rain")

    assert again.cached
    assert not other.cached


def test_a_change_of_nothing_is_refused(studio: Studio, parent: Generation) -> None:
    with pytest.raises(InvalidRequestError, match="Say what to change"):
        refine(studio.service, parent.id)


def test_a_child_asks_for_all_that_its_parent_asked_for_but_what_is_in_its_scene(
    studio: Studio,
) -> None:
    scene = '{"short_description": "a boat"}'
    fields = {"prompt": "a boat", "mode": "manual", "aspect_ratio": "16:9", "resolution": "draft"}
    more = {"fov": "macro", "instruction": "add snow", "use_cache": False, "max_retries": 0}
    request = parse_request({**fields, **more, "structured_prompt": scene})
    parent = studio.service.ask(request)

    child = refine(studio.service, parent.id, instruction="make it night").request

    changed = {"seed": parent.seed, "structured_prompt": scene, "instruction": "make it night"}
    assert child == parse_request({**fields, **changed})


class Oven(PaintedEngine):
    """An engine that makes no drafts."""

    name = "bria"


def test_a_draft_can_be_refined_by_an_engine_that_makes_none(tmp_path: Path) -> None:
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path), engines=[PaintedEngine(), Oven()])
    parent = studio.service.ask(parse_request({"prompt": "a boat", "resolution": "draft"}))

    child = refine(studio.service, parent.id, instruction="add snow", engine="bria")

    assert (child.engine, child.resolution) == ("bria", "full")
    assert refine(studio.service, parent.id, instruction="add rain").resolution == "draft"
    studio.close()
