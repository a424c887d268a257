"""What was asked for, wherever it is read back: the same canonical request."""

from __future__ import annotations

import io
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.batches.draft import Choices, draft_of, lines_of
from core.domain.money import Cost
from core.domain.request import (
    ENGINE_NAMES,
    FRAME_SIZES,
    LARGEST_SEED,
    GenerationRequest,
    canonical_form,
    parse_request,
)
from core.domain.scene import StructuredPrompt, write_structured_prompt
from core.domain.vocabulary import PARAMETER_NAMES, parameter
from core.errors import InvalidRequestError
from core.export.manifest import Entry, ManifestWriter
from core.export.selection import lines_of_pictures
from core.generation.service import LOCAL_USER
from core.intake.readers import read_file
from core.library.png_recipe import read_recipe, with_recipe
from core.records import generations
from core.records.batch_rows import NewLine
from core.records.generations import Asking, Generation
from core.tables.generation import PayloadRow
from core.wiring import Studio
from tests.fakes.engine import painted_square
from tests.records.little_history import START, add_pictures

_words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=3, max_size=60).filter(
    lambda text: len(unicodedata.normalize("NFC", text)) >= 3 and bool(text.strip())
)
_prompts = _words | st.sampled_from(["=1+1", "'=1+1", " a boat ", "a,b\nc\t", 'say "hi"', "a\r\nb"])
_scenes = st.builds(StructuredPrompt, short_description=_words, style_medium=st.none() | _words)


@st.composite
def requests(draw: st.DrawFn) -> GenerationRequest:
    """Any legal request, of every engine, with and without a scene, an instruction and a size."""
    fields: dict[str, Any] = {
        "prompt": draw(_prompts),
        "mode": draw(st.sampled_from(["ai", "manual"])),
    }
    for name in PARAMETER_NAMES:
        fields[name] = draw(
            st.none() | st.sampled_from([one.value for one in parameter(name).values])
        )
    fields["aspect_ratio"] = draw(st.sampled_from(list(FRAME_SIZES)))
    fields["seed"] = draw(st.none() | st.integers(0, LARGEST_SEED))
    fields["engine"] = draw(st.sampled_from(ENGINE_NAMES))
    if fields["engine"] == "preview":
        fields["resolution"] = draw(st.sampled_from(["full", "draft"]))
    if draw(st.booleans()):
        fields["structured_prompt"] = write_structured_prompt(draw(_scenes))
        fields["instruction"] = draw(st.none() | _prompts)
    fields["use_cache"] = draw(st.booleans())
    fields["max_retries"] = draw(st.integers(0, 5))
    return parse_request(fields)


def store(studio: Studio, request: GenerationRequest) -> Generation:
    """Return a request as it is read back from the row that was queued for it."""
    asking = Asking(
        id=studio.clock.new_id(),
        request=request,
        canonical=canonical_form(request),
        user_id=LOCAL_USER,
        now=START,
        seed=7 if request.seed is None else request.seed,
        price_microusd=0,
    )
    with studio.database.writing() as session:
        queued = generations.add_queued(session, asking, flight_key=None)
    assert queued.request == request
    return studio.service.see(asking.id)


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


def seeded(request: GenerationRequest, stored: Generation) -> GenerationRequest:
    return request.model_copy(update={"seed": stored.seed})


def started_again(studio: Studio, stored: Generation, name: str) -> list[NewLine]:
    """Return the rows of a manifest of one picture, read as a batch that is uploaded."""
    files = {"manifest.csv": io.BytesIO(), "manifest.json": io.BytesIO()}
    writer = ManifestWriter(files["manifest.csv"], files["manifest.json"], extra=[])
    for page in lines_of_pictures(studio.database, [stored.id], user_id=stored.user_id):
        for line in page:
            nothing = Cost(certain_microusd=0, possible_microusd=0)
            entry = Entry(line=line, file=None, cost=nothing, project="Studio", returned_scene=None)
            writer.add(entry)
    writer.finish()
    draft = draft_of("again", read_file(name, files[name].getvalue()), None)
    assert not draft.checked.errors
    return lines_of(draft, Choices(engine="preview"), {1: "Studio"})
