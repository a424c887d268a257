"""Start from a PNG: every file of ours is known, and what other tools write is read."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.engines.preview import Shot
from core.engines.previewing import render_picture
from core.errors import InvalidRequestError
from core.library.image_texts import LONGEST_TEXT, chunks_of, keyword_of, texts_of
from core.library.png_recipe import Recipe, read_recipe, with_recipe
from core.wiring import Studio
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures
from tests.shared import needs_shared, shared

SETTINGS = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x768, Model: dream"
GRAPH: dict[str, Any] = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "dream.safetensors"}},
    "2": {"class_type": "EmptyLatentImage", "inputs": {"width": 832, "height": 1248}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "a kettle", "clip": ["1", 1]}},
    "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["1", 1]}},
    "5": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 42,
            "steps": 20,
            "cfg": 7.0,
            "model": ["1", 0],
            "positive": ["3", 0],
            "negative": ["4", 0],
            "latent_image": ["2", 0],
        },
    },
    "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
    "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0]}, "is_changed": [float("nan")]},
}


def png(texts: Mapping[str, str], *, how: str = "text", size: tuple[int, int] = (64, 64)) -> bytes:
    """Return a PNG with texts in plain chunks, packed ones, or international ones."""
    chunks = PngInfo()
    for keyword, text in texts.items():
        if how == "itxt":
            chunks.add_itxt(keyword, text, zip=True)
        else:
            chunks.add_text(keyword, text, zip=how == "ztxt")
    target = io.BytesIO()
    Image.new("RGB", size).save(target, "PNG", pnginfo=chunks)
    return target.getvalue()


def photo(kind: str, tags: Mapping[int, Any], *, comment: bytes | None = None) -> bytes:
    """Return a JPEG or WebP with EXIF."""
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value
    if comment is not None:
        exif.get_ifd(0x8769)[0x9286] = comment
    target = io.BytesIO()
    Image.new("RGB", (64, 64)).save(target, kind, exif=exif)
    return target.getvalue()


def asked(recipe: Recipe) -> tuple[str, int | None, str]:
    return recipe.request.prompt, recipe.request.seed, recipe.request.aspect_ratio


def keywords(content: bytes) -> list[str]:
    return [name for kind, body, _ in chunks_of(content) if (name := keyword_of(kind, body))]


@pytest.mark.parametrize("how", ["text", "ztxt", "itxt"])
def test_a_picture_of_a1111_gives_prompt_seed_and_size_and_tells_the_rest(how: str) -> None:
    text = f"a kettle, <lora:x:1>\non a stove\nNegative prompt: blurry,\nugly\n{SETTINGS}"

    recipe = read_recipe(png({"parameters": text}, how=how))

    assert asked(recipe) == ("a kettle, <lora:x:1>\non a stove", 42, "2:3")
    assert recipe.tool == "AUTOMATIC1111"
    (notice,) = recipe.notices
    assert notice == (
        "Not used here: negative prompt (blurry, ugly), Steps, Sampler, CFG scale, Model."
    )


def test_a_line_of_words_with_a_colon_stays_in_the_prompt() -> None:
    text = f"Steps: up, down, sideways\na kettle: copper\n{SETTINGS}"

    assert asked(read_recipe(png({"parameters": text})))[0] == (
        "Steps: up, down, sideways\na kettle: copper"
    )


@pytest.mark.parametrize(
    ("kind", "comment"),
    [
        ("JPEG", b"UNICODE\0" + f"ein Kessel für Tee\n{SETTINGS}".encode("utf-16-be")),
        ("JPEG", b"UNICODE\0" + f"ein Kessel für Tee\n{SETTINGS}".encode("utf-16-le")),
        ("WEBP", b"ASCII\0\0\0" + f"ein Kessel für Tee\n{SETTINGS}".encode()),
        ("WEBP", b"\0" * 8 + f"ein Kessel für Tee\n{SETTINGS}".encode()),
    ],
)
def test_the_user_comment_of_a_photo_is_read_in_every_code(kind: str, comment: bytes) -> None:
    recipe = read_recipe(photo(kind, {}, comment=comment))

    assert asked(recipe) == ("ein Kessel für Tee", 42, "2:3")


@pytest.mark.parametrize(
    ("tool", "texts", "expected"),
    [
        (
            "SwarmUI",
            {
                "parameters": json.dumps(
                    {
                        "sui_image_params": {
                            "prompt": "a kettle",
                            "seed": 42,
                            "width": 1024,
                            "height": 1024,
                            "negativeprompt": "blurry",
                            "cfgscale": 7,
                        },
                        "sui_extra_data": {"date": "2026-11-30"},
                    },
                    indent=2,
                ),
                "prompt": json.dumps(GRAPH),
            },
            ("a kettle", 42, "1:1"),
        ),
        (
            "Fooocus",
            {
                "fooocus_scheme": "fooocus",
                "parameters": json.dumps(
                    {
                        "prompt": "a kettle",
                        "negative_prompt": "blurry",
                        "seed": "42",
                        "resolution": "(1344, 768)",
                        "performance": "Speed",
                        "loras": [],
                    }
                ),
            },
            ("a kettle", 42, "16:9"),
        ),
        (
            "Fooocus",
            {"fooocus_scheme": "a1111", "parameters": f"a kettle\n{SETTINGS}"},
            ("a kettle", 42, "2:3"),
        ),
        (
            "InvokeAI",
            {
                "invokeai_metadata": json.dumps(
                    {
                        "positive_prompt": "a kettle",
                        "negative_prompt": "blurry",
                        "seed": 42,
                        "width": 768,
                        "height": 1152,
                        "model": {"key": "x"},
                    }
                )
            },
            ("a kettle", 42, "2:3"),
        ),
        (
            "InvokeAI",
            {
                "Dream": '"a kettle" -s50 -S42 -W512 -H768 -C7.5 -Ak_lms',
                "sd-metadata": json.dumps(
                    {
                        "image": {
                            "prompt": [{"prompt": "a kettle", "weight": 1.0}],
                            "seed": 42,
                            "width": 512,
                            "height": 768,
                        }
                    }
                ),
            },
            ("a kettle", 42, "2:3"),
        ),
        (
            "InvokeAI",
            {"Dream": '"a "red" kettle" -s 50 -S 42 -W 512 -H 768'},
            ('a "red" kettle', 42, "2:3"),
        ),
        ("ComfyUI", {"prompt": json.dumps(GRAPH)}, ("a kettle", 42, "2:3")),
    ],
)
def test_each_tool_gives_prompt_seed_and_size(
    tool: str, texts: dict[str, str], expected: tuple[str, int, str]
) -> None:
    recipe = read_recipe(png(texts))

    assert (recipe.tool, asked(recipe)) == (tool, expected)
    if "negative" in str(texts):
        assert "negative prompt" in recipe.notices[-1]


def test_the_texts_of_comfyui_are_read_from_a_webp_too() -> None:
    content = photo("WEBP", {0x0110: f"prompt:{json.dumps(GRAPH)}", 0x010F: 'workflow:{"a": 1}'})

    assert asked(read_recipe(content)) == ("a kettle", 42, "2:3")


def test_links_of_a_comfyui_graph_are_followed_to_the_sampler_that_began_the_picture() -> None:
    graph = GRAPH | {
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": ["8", 0], "clip": ["1", 1]}},
        "5": {
            "class_type": "KSampler",
            "inputs": {
                "seed": ["9", 0],
                "steps": 20,
                "positive": ["3", 0],
                "negative": ["4", 0],
                "latent_image": ["2", 0],
            },
        },
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["10", 0]}},
        "8": {
            "class_type": "StringConcatenate",
            "inputs": {"string_a": "a kettle", "string_b": ["11", 0], "delimiter": ", "},
        },
        "9": {"class_type": "PrimitiveInt", "inputs": {"value": 77}},
        "10": {
            "class_type": "KSampler",
            "inputs": {
                "seed": 5,
                "denoise": 0.4,
                "positive": ["3", 0],
                "negative": ["4", 0],
                "latent_image": ["12", 0],
            },
        },
        "11": {"class_type": "PrimitiveString", "inputs": {"value": "on a stove"}},
        "12": {"class_type": "LatentUpscale", "inputs": {"samples": ["5", 0], "width": 9}},
    }

    recipe = read_recipe(png({"prompt": json.dumps(graph)}))

    assert asked(recipe) == ("a kettle\non a stove", 77, "2:3")
    assert "negative prompt, steps" in recipe.notices[0]


def test_a_graph_of_flux_with_a_guider_and_noise_of_its_own_is_read() -> None:
    graph = {
        "1": {"class_type": "RandomNoise", "inputs": {"noise_seed": 42}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a kettle", "clip": ["9", 0]}},
        "3": {"class_type": "FluxGuidance", "inputs": {"conditioning": ["2", 0], "guidance": 3.5}},
        "4": {"class_type": "BasicGuider", "inputs": {"conditioning": ["3", 0], "model": ["9", 0]}},
        "5": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 896, "height": 1120}},
        "6": {
            "class_type": "SamplerCustomAdvanced",
            "inputs": {"noise": ["1", 0], "guider": ["4", 0], "latent_image": ["5", 0]},
        },
        "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0]}},
    }

    assert asked(read_recipe(png({"prompt": json.dumps(graph)}))) == ("a kettle", 42, "4:5")


def test_a_workflow_that_was_only_drawn_is_read_by_its_links() -> None:
    workflow = {
        "nodes": [
            {"id": 3, "type": "CLIPTextEncode", "widgets_values": ["a kettle"], "inputs": []},
            {"id": 4, "type": "CLIPTextEncode", "widgets_values": ["blurry"], "inputs": []},
            {"id": 2, "type": "EmptyLatentImage", "widgets_values": [512, 768, 1]},
            {
                "id": 5,
                "type": "KSampler",
                "widgets_values": [42, "randomize", 20, 7, "euler", "normal", 1],
                "inputs": [
                    {"name": "positive", "link": 1},
                    {"name": "negative", "link": 2},
                    {"name": "latent_image", "link": 3},
                ],
            },
            {"id": 7, "type": "SaveImage", "inputs": [{"name": "images", "link": 4}]},
        ],
        "links": [
            [1, 3, 0, 5, 1, "CONDITIONING"],
            [2, 4, 0, 5, 2, "CONDITIONING"],
            [3, 2, 0, 5, 3, "LATENT"],
            [4, 5, 0, 7, 0, "IMAGE"],
        ],
    }

    assert asked(read_recipe(png({"workflow": json.dumps(workflow)}))) == ("a kettle", 42, "2:3")


def test_a_seed_or_a_size_that_cannot_be_had_here_is_told() -> None:
    text = "a kettle\nSteps: 20, Seed: 4294967295, Size: 832x1216"
    wide = "a kettle\nSteps: 20, Seed: 42, Size: 2048x512"

    near, far = (read_recipe(png({"parameters": one})) for one in (text, wide))

    assert asked(near) == ("a kettle", None, "2:3")
    assert near.notices[0] == "832 x 1216 becomes 2:3."
    assert "seed 4294967295 (the largest here is 2147483647)" in near.notices[1]
    assert asked(far) == ("a kettle", 42, "1:1")
    assert far.notices[0] == "No format here is like 2048 x 512; choose one."


def test_without_a_word_of_its_size_a_picture_shows_it() -> None:
    text = "a kettle\nSteps: 20, Sampler: Euler, Seed: 42"

    assert asked(read_recipe(png({"parameters": text}, size=(90, 160)))) == ("a kettle", 42, "9:16")


@pytest.mark.parametrize(
    "content",
    [
        *(
            b"",
            b"GIF89a",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe1\0\x08Exif\0\0",
            painted_square(3),
        ),
        b"RIFF\x10\0\0\0WEBPEXIF\xff\xff\xff\xff",
        photo("JPEG", {}, comment=b"UNICODE\0" + bytes(range(256))),
        png({"parameters": "a kettle\n" + "a: " * 3}),
        png({"parameters": "{" * 100_000}),
        png({"parameters": '{"a":' * 50_000}),
        png({"prompt": json.dumps({str(n): n for n in range(9)})}),
        png({"prompt": json.dumps({"1": {"class_type": "KSampler", "inputs": []}})}),
        png({"workflow": json.dumps({"nodes": [{"type": "KSampler", "inputs": [3]}]})}),
        png({"Description": "a kettle --ar 16:9"}),
        png({"parameters": f"{'x' * 2001}\n{SETTINGS}"}),
        png({"fibo": '{"request": 3}'}),
    ],
)
def test_a_file_without_a_usable_recipe_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        read_recipe(content)

    assert refused.value.problems[0].field == "file"


def test_a_text_that_unpacks_to_very_much_is_passed_over() -> None:
    bomb = png({"parameters": "a" * (LONGEST_TEXT + 1), "Comment": "small"}, how="ztxt")

    assert len(bomb) < 100_000
    assert texts_of(bomb) == {"Comment": "small"}


def test_a_copy_holds_exactly_one_line_of_parameters_whatever_stood_there(studio: Studio) -> None:
    shot = Shot(prompt="a boat", parameters={"fov": "macro"}, seed=7, width=64, height=64)
    drawn, _, _ = render_picture(shot)
    theirs = png({"parameters": "{}", "fibo": "{}", "Title": "kept"}, how="ztxt")
    (number,) = add_pictures(studio, {"prompt": "a boat", "seed": 7})
    made, detail = studio.service.see(number), studio.service.see_detail(number)

    copies = [with_recipe(with_recipe(one, made, detail), made, detail) for one in (drawn, theirs)]

    assert (
        texts_of(drawn)["parameters"]
        == "a boat\nSeed: 7, Size: 64x64, Model: FIBO preview, Fov: macro"
    )
    for content in (drawn, *copies):
        assert keywords(content).count("parameters") == 1
    for copy in copies:
        assert keywords(copy).count("fibo") == 1
        assert asked(read_recipe(copy)) == ("a boat", 7, "1:1")
        assert all(
            zlib.crc32(whole[4:-4]) == int.from_bytes(whole[-4:]) for _, _, whole in chunks_of(copy)
        )
    assert texts_of(copies[1])["Title"] == "kept"


@pytest.mark.parametrize("number", ["9" * 19, "none", "-1", ""])
def test_a_number_that_no_picture_can_have_is_none(number: str) -> None:
    recipe = {"generation_id": number, "request": {"prompt": "a boat"}}

    assert read_recipe(png({"fibo": json.dumps(recipe)})).generation_id is None


def test_the_very_file_of_a_picture_here_is_known_without_a_word_in_it(studio: Studio) -> None:
    content = photo("JPEG", {})
    shown = {
        "image_sha256": studio.media.keep(content, "image/jpeg"),
        "image_type": "image/jpeg",
    }
    older, newest = add_pictures(
        studio,
        {**shown, "prompt": "a boat", "seed": 77, "lighting": "soft"},
        {**shown, "prompt": "a red boat", "seed": 78},
    )

    assert studio.library.recipe_in(content).generation_id == newest
    studio.library.throw_away([newest])
    assert studio.library.recipe_in(content).generation_id == older
    studio.library.throw_away([older])

    recipe = studio.library.recipe_in(content)  # in the trash it can still be read
    assert recipe.generation_id == newest
    assert asked(recipe) == ("a red boat", 78, "1:1")
    assert studio.library.owner_of(recipe.original_sha256 or "") is None


@needs_shared
def test_a_picture_that_bria_made_and_that_came_in_a_zip_is_known(studio: Studio) -> None:
    content = shared("data/reports/zip_bria.png").read_bytes()
    digest = studio.media.keep(content, "image/png")
    (number,) = add_pictures(
        studio, {"image_sha256": digest, "image_type": "image/png", "prompt": "a boat", "seed": 9}
    )

    assert studio.library.recipe_in(content).generation_id == number
    assert asked(studio.library.recipe_in(content)) == ("a boat", 9, "1:1")


@needs_shared
def test_the_picture_of_a1111_among_the_reports_gives_prompt_and_seed() -> None:
    recipe = read_recipe(shared("data/reports/f1_a1111.png").read_bytes())

    assert asked(recipe) == ("a copper kettle on a stove", 42, "2:3")
    assert "negative prompt (blurry)" in recipe.notices[0]
