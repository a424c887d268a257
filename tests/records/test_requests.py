"""What was asked for, wherever it is read back: the same canonical request."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.request import (
    GenerationRequest,
    canonical_form,
)
from core.errors import InvalidRequestError
from core.library.png_recipe import read_recipe, with_recipe
from core.tables.generation import PayloadRow
from core.wiring import Studio
from tests.fakes.engine import painted_square
from tests.records.any_request import requests, seeded, started_again, store
from tests.records.little_history import add_pictures


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests())
def test_any_request_is_read_back_from_its_row_as_it_was(
    studio: Studio, request: GenerationRequest
) -> None:
    stored = store(studio, request)

    assert stored.request == request
    assert canonical_form(stored.request) == canonical_form(request)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests())
def test_a_row_without_a_canonical_form_is_told_by_its_columns(
    studio: Studio, request: GenerationRequest
) -> None:
    stored = store(studio, request)
    with studio.database.writing() as session:
        session.get_one(PayloadRow, stored.id).canonical = "{"

    assert studio.service.see(stored.id).request == request


def test_a_row_of_the_past_is_told_as_it_was_and_cannot_be_asked_for(studio: Studio) -> None:
    (old,) = add_pictures(studio, {"engine": "steam", "style": "etching", "prompt": "a boat"})
    stored = studio.service.see(old)

    assert (stored.asked["engine"], stored.asked["style"]) == ("steam", "etching")
    with pytest.raises(InvalidRequestError, match="steam"):
        _ = stored.request


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests())
def test_the_recipe_in_a_png_is_the_request_with_the_seed_that_was_used(
    studio: Studio, request: GenerationRequest
) -> None:
    stored = store(studio, request)

    copy = with_recipe(painted_square(3), stored, studio.service.see_detail(stored.id))

    assert canonical_form(read_recipe(copy).request) == canonical_form(seeded(request, stored))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests(), st.sampled_from(["manifest.csv", "manifest.json"]))
def test_a_manifest_that_is_started_again_asks_for_the_same(
    studio: Studio, request: GenerationRequest, name: str
) -> None:
    stored = store(studio, request)

    (line,) = started_again(studio, stored, name)

    assert line.request == seeded(request, stored)
