"""Any request that is legal, and the row that was queued for it."""

from __future__ import annotations

import io
import unicodedata
from typing import Any

from hypothesis import strategies as st

from core.batches.draft import Choices, draft_of, lines_of
from core.domain.engines import ENGINE_NAMES
from core.domain.money import Cost
from core.domain.request import (
    FRAME_SIZES,
    LARGEST_SEED,
    GenerationRequest,
    canonical_form,
    parse_request,
)
from core.domain.scene import StructuredPrompt, write_structured_prompt
from core.domain.vocabulary import PARAMETER_NAMES, parameter
from core.export.manifest import Entry, ManifestWriter
from core.export.selection import lines_of_pictures
from core.generation.service import LOCAL_USER
from core.intake.readers import read_file
from core.records import generations
from core.records.batch_rows import NewLine
from core.records.generations import Asking, Generation
from core.wiring import Studio
from tests.records.little_history import START

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


def seeded(request: GenerationRequest, stored: Generation) -> GenerationRequest:
    """Return a request with the seed that its row was given, to be made again just so."""
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
