"""The faults the fake Bria can show, by name, and what each one costs."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Phase = Literal["submit", "poll", "asset", "job"]
PHASES: tuple[Phase, ...] = get_args(Phase)
FOREVER = 10**9

_HTTP = re.compile(r"http_([345]\d\d)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Where a fault may happen, whether a submit is accepted (charged) first, and what is seen."""

    phases: frozenset[Phase]
    says: str
    charged: bool = True
    seconds: float = 0.0


def _kinds(phases: str, charged: bool, seconds: float = 0.0, **says: str) -> dict[str, Kind]:  # noqa: FBT001
    chosen = frozenset(phase for phase in PHASES if phase in phases.split())
    return {
        name: Kind(phases=chosen, says=text, charged=charged, seconds=seconds)
        for name, text in says.items()
    }


CATALOGUE: dict[str, Kind] = {
    "fine": Kind(phases=frozenset(PHASES), says="no fault; fills a place in a plan"),
    **_kinds(
        "submit poll asset",
        charged=False,
        reset_before_body="RST as soon as the headers are read",
        html_200="200 with a web page, as from a captive portal",
    ),
    **_kinds(
        "submit",
        charged=False,
        reset_while_sending="RST after the first bytes of the body",
        reset_before_acceptance="the body is read, then RST; nothing is made",
        close_before_acceptance="the body is read, then FIN; nothing is made",
    ),
    **_kinds(
        "submit",
        charged=False,
        seconds=60,
        stop_reading="the headers are read, the body never is; silence",
        stall_before_acceptance="the body is read, then silence; nothing is made",
    ),
    **_kinds(
        "submit",
        charged=True,
        reset_after_acceptance="charged, then RST instead of an answer",
        close_after_acceptance="charged, then FIN instead of an answer",
        foreign_status_url="202 whose status_url points to `url` (default: the asset host)",
    ),
    **_kinds("submit", charged=True, seconds=60, stall_after_acceptance="charged, then silence"),
    **_kinds("poll asset", charged=True, reset="RST instead of an answer", close="FIN instead"),
    **_kinds("poll asset", charged=True, seconds=60, stall="silence instead of an answer"),
    **_kinds("submit poll asset", charged=True, seconds=1, late_answer="the right answer, late"),
    **_kinds(
        "submit poll asset",
        charged=True,
        seconds=0.05,
        slow_headers="the right answer, its headers byte by byte",
        drip_body="the right answer, its body byte by byte",
        endless_body="the right answer, then chunks until the client hangs up",
    ),
    **_kinds(
        "submit poll asset",
        charged=True,
        seconds=60,
        stalled_body="half of the body, then silence",
    ),
    **_kinds(
        "submit poll asset",
        charged=True,
        truncated_body="half of the body, then FIN",
        reset_in_body="half of the body, then RST",
        cut_chunked="half of a chunked body without its last chunk, then FIN",
        short_length="Content-Length is half of the body that follows",
        not_http="bytes that are not HTTP",
        oversized_body="the right answer with blank padding up to `size` bytes",
        gzip_bomb="the right answer, gzipped, unpacking to `size` bytes",
    ),
    **_kinds(
        "submit poll",
        charged=True,
        not_json="the right status and content type, the body is not JSON",
        empty_body="the right status, no body",
        not_an_object="the right status, the body is a JSON list",
        cut_json="the right status, JSON that ends after the request_id",
        no_request_id="no request_id in the body",
        wrong_types="request_id and status are numbers",
        wrong_request_id="the request_id of somebody else",
    ),
    **_kinds(
        "poll job",
        charged=True,
        stuck="IN_PROGRESS",
        status_unknown="UNKNOWN",
        status_error="ERROR with code 500",
        status_error_422="ERROR with code 422: the output was refused by moderation",
        status_error_string_code="ERROR whose code is a word",
        status_error_bare="ERROR without details",
        status_failed="FAILED, the word of Bria's own skill",
        new_status_word="the status is `text` (default QUEUED)",
        no_status="a body without a status",
        not_found="404 NOT_FOUND, though the job is known",
        completed_without_url="COMPLETED without image_url",
        completed_with_several_urls="COMPLETED with a list of image_urls",
        seed_as_string="COMPLETED with the seed as a string",
        no_seed="COMPLETED without seed and structured_prompt",
        image_elsewhere="COMPLETED whose image_url is `url`",
    ),
    **_kinds(
        "asset",
        charged=True,
        expired="403 for this signed address from now on; a new poll gives a fresh one",
        gone="404 for every address of this picture from now on",
        wrong_type="the right bytes as text/plain",
        xml_200="200 image/png whose body is an XML error",
        not_an_image="200 image/png whose body is noise",
        empty_image="200 image/png without a body",
        cut_image="60 % of the picture with a matching Content-Length",
        no_iend="a PNG without its last chunk",
        bomb="a small PNG of 9,000 by 9,000 pixels (`size` sets the side)",
        too_wide="a small PNG of 20,000 by 8 pixels (`size` sets the width)",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a test may say about a fault beyond its name; None means the fault's own default."""

    times: int = 1
    charged: bool | None = None
    seconds: float | None = None
    size: int | None = None
    retry_after: str | None = None
    date_offset_seconds: float = 0.0
    form: Literal["json", "html", "no_details", "string_code", "empty"] = "json"
    text: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to break, by the name in CATALOGUE or `http_<status>`; it knows if it charges."""

    kind: str
    settings: Settings = Settings()

    def __post_init__(self) -> None:
        if self.kind not in CATALOGUE and not _HTTP.match(self.kind):
            raise ValueError(f"The fake Bria knows no fault named {self.kind!r}.")
        if self.settings.charged is not None and not self.may_choose_charge:
            raise ValueError(f"{self.kind} cannot be told whether it charges.")
        if self.settings.times < 1:
            raise ValueError("A fault happens at least once.")

    @property
    def may_choose_charge(self) -> bool:
        """A refusal or a stranger's page leaves open whether the job was made."""
        return self.kind == "html_200" or self.status is not None

    @property
    def status(self) -> int | None:
        """The HTTP status of an `http_<status>` fault."""
        found = _HTTP.match(self.kind)
        return int(found[1]) if found else None

    @property
    def charged(self) -> bool:
        """Whether a submit that meets this fault is accepted first."""
        if self.settings.charged is not None:
            return self.settings.charged
        return self.status is None and CATALOGUE[self.kind].charged

    @property
    def seconds(self) -> float:
        """How long this fault waits, per step or in all."""
        if self.settings.seconds is not None or self.status is not None:
            return self.settings.seconds or 0.0
        return CATALOGUE[self.kind].seconds

    def fits(self, phase: Phase) -> bool:
        """Whether this fault can happen in a phase."""
        return phase != "job" if self.status is not None else phase in CATALOGUE[self.kind].phases

    def as_json(self) -> dict[str, Any]:
        """Return what crosses to the fake's process."""
        return {"kind": self.kind, **asdict(self.settings)}


def fault_from_json(message: dict[str, Any]) -> Fault:
    """Return the fault that `as_json` wrote."""
    settings = {name: value for name, value in message.items() if name != "kind"}
    return Fault(message["kind"], Settings(**settings))
