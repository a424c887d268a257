"""What Bria knows about a job, and how it tells."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.bria_server.answers import Answer, json_answer
from tests.fakes.bria_server.contract import CONTRACTS, Body
from tests.fakes.bria_server.faults import Fault

FROM_THE_START = frozenset({"stuck", "status_unknown", "not_found", "new_status_word", "no_status"})
OUTPUT_REFUSED = "The output was refused by content moderation"


@dataclass(slots=True, kw_only=True)
class Job:
    """One accepted request and what has happened to it since."""

    request_id: str
    endpoint: str
    body: Body
    seed: int
    fault: Fault | None
    started: float = field(default_factory=time.monotonic)
    polls: int = 0
    signatures: set[str] = field(default_factory=set)
    image_gone: bool = False

    @property
    def makes_image(self) -> bool:
        """Whether the result is a picture rather than a structured prompt."""
        return CONTRACTS[self.endpoint].makes_image

    @property
    def output_type(self) -> str:
        """The file type of the picture."""
        return str(self.body.get("output_type", "png"))

    def fresh_address(self, asset_url: str, lifetime_seconds: float) -> str:
        """Return a newly signed address of the picture."""
        mark = f"{self.request_id}/{len(self.signatures)}"
        signature = hashlib.sha256(mark.encode()).hexdigest()[:24]
        self.signatures.add(signature)
        expires = int(time.time() + lifetime_seconds)
        path = f"/api/res/{self.request_id}.{self.output_type}"
        return f"{asset_url}{path}?Expires={expires}&Signature={signature}&Key-Pair-Id=FAKE"

    def result(self, image_url: str) -> dict[str, Any]:
        """Return the result object of a job that went well."""
        result = {"seed": self.seed, "structured_prompt": structured_prompt(self.body)}
        return {"image_url": image_url, **result} if self.makes_image else result

    def warning(self) -> dict[str, str]:
        """Return the top-level warning; whoever asks for `ip_signal` gets one."""
        if self.body.get("ip_signal"):
            return {"warning": "The prompt may contain intellectual property."}
        return {}


def structured_prompt(body: Body) -> str:
    """Return the scene as a JSON string; like Bria, rewrite a score that was sent."""
    sent = body.get("user_adjusted_structured_prompt") or body.get("structured_prompt")
    scene = json.loads(sent) if sent else _new_scene()
    if "prompt" in body:
        scene["short_description"] = body["prompt"]
    looks = scene.get("aesthetics")
    scene["aesthetics"] = {
        **(looks if isinstance(looks, dict) else {}),
        "preference_score": "very high",
    }
    return json.dumps(scene, ensure_ascii=False)


def _new_scene() -> dict[str, Any]:
    return {
        "short_description": "a scene",
        "objects": [],
        "background_setting": "plain",
        "lighting": {"conditions": "bright daylight", "direction": "front-lit", "shadows": None},
        "aesthetics": {
            "composition": "centered",
            "color_scheme": "warm complementary colors",
            "mood_atmosphere": "serene",
        },
        "photographic_characteristics": {
            "depth_of_field": "deep",
            "focus": "sharp focus on subject",
            "camera_angle": "eye-level",
            "lens_focal_length": "standard lens (e.g., 35mm-50mm)",
        },
        "style_medium": "photograph",
        "artistic_style": "realistic",
        "context": "a test",
        "text_render": [],
    }


def _error(code: int | str, message: str, **details: str) -> dict[str, Any]:
    return {"status": "ERROR", "error": {"code": code, "message": message, **details}}


STATES: dict[str, Callable[[Fault], dict[str, Any]]] = {
    "stuck": lambda _: {"status": "IN_PROGRESS"},
    "status_unknown": lambda _: {"status": "UNKNOWN"},
    "status_error": lambda _: _error(500, "Internal error", details="The model stopped"),
    "status_error_422": lambda _: _error(422, OUTPUT_REFUSED, details=OUTPUT_REFUSED),
    "status_error_string_code": lambda _: _error("VALIDATION_ERROR", "Refused", details="planned"),
    "status_error_bare": lambda _: _error(500, "Internal error"),
    "status_failed": lambda _: {**_error(500, "Failed", details="planned"), "status": "FAILED"},
    "new_status_word": lambda fault: {"status": fault.settings.text or "QUEUED"},
    "no_status": lambda _: {},
}


def told(job: Job, fault: Fault | None, *, ready: bool, image_url: Callable[[], str]) -> Answer:
    """Return the answer to a poll; a fault of this poll goes before the fault of the job."""
    chosen = fault if fault is not None and fault.fits("job") else _own_fault(job, ready=ready)
    kind = chosen.kind if chosen else ""
    if kind == "not_found":
        return json_answer(404, {"status": "NOT_FOUND"})
    if chosen and kind in STATES:
        return json_answer(200, {**STATES[kind](chosen), "request_id": job.request_id})
    if not ready and chosen is None:
        return json_answer(200, {"status": "IN_PROGRESS", "request_id": job.request_id})
    elsewhere = chosen.settings.url if chosen and kind == "image_elsewhere" else None
    result = _spoiled(kind, job.result(elsewhere or image_url()))
    done = {"status": "COMPLETED", "result": result, "request_id": job.request_id}
    return json_answer(200, {**done, **job.warning()})


def _own_fault(job: Job, *, ready: bool) -> Fault | None:
    if job.fault is None or (not ready and job.fault.kind not in FROM_THE_START):
        return None
    return job.fault


def _spoiled(kind: str, result: dict[str, Any]) -> dict[str, Any]:
    match kind:
        case "completed_without_url":
            result.pop("image_url", None)
        case "completed_with_several_urls":
            first = result.pop("image_url", "")
            result["image_urls"] = [first, f"{first}&second"]
        case "seed_as_string":
            result["seed"] = str(result["seed"])
        case "no_seed":
            return {"image_url": result.get("image_url")}
        case _:
            pass
    return result
