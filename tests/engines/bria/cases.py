"""The table of failures (docs/provider.md) as cases: a fault, and what must be made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from core.domain.failure import Charge
from core.engines.bria.wire import Bounds
from core.provider.retry import Decision
from tests.engines.bria.customer import HASTY, PATIENT
from tests.fakes.bria import Fault, fault

IMPATIENT = Bounds(submit_seconds=1, poll_seconds=1, download_seconds=1)
SMALL = Bounds(json_bytes=20_000, image_bytes=20_000)
LONG_PROMPT = '{"short_description": "' + "fox " * 2_000_000 + '"}'


@dataclass(frozen=True, kw_only=True)
class Case:
    """One fault and what must be made of it; `kind` may name several, joined by "or"."""

    row: str
    fault: Fault | str | None
    kind: str
    decision: Decision
    charge: Charge = Charge.YES
    bounds: Bounds = PATIENT
    door: Literal["refused", "silent"] | None = None
    base: Literal["nameless", "tls"] | None = None
    owned: str | None = None
    repeats_left: int = 3
    last_decision: Decision | None = None

    def __str__(self) -> str:
        chosen = self.fault.kind if isinstance(self.fault, Fault) else self.fault
        return f"row{self.row}-{chosen or self.door or self.base}"


NOT_SENT: dict[str, Any] = {
    "charge": Charge.NO,
    "decision": Decision.REPEAT,
    "last_decision": Decision.FAIL,
}
UNKNOWN: dict[str, Any] = {"charge": Charge.MAYBE, "decision": Decision.HOLD}
PAID: dict[str, Any] = {"charge": Charge.YES, "decision": Decision.HOLD}
ADOPTED: dict[str, Any] = {"charge": Charge.YES, "decision": Decision.ADOPT}
REFUSED: dict[str, Any] = {"charge": Charge.NO, "decision": Decision.FAIL}
PAUSED: dict[str, Any] = {"charge": Charge.NO, "decision": Decision.PAUSE}
WIDE: dict[str, Any] = {"size": 200_000}

SUBMITS = [
    Case(row="1", fault=None, base="nameless", kind="dns", **NOT_SENT),
    Case(row="2", fault=None, door="refused", kind="refused", **NOT_SENT),
    Case(row="2", fault=None, base="tls", kind="certificate", **REFUSED),
    Case(row="3", fault=None, door="silent", kind="connect_timeout", bounds=HASTY, **NOT_SENT),
    Case(
        row="4",
        fault="stop_reading",
        kind="write_failed",
        owned=LONG_PROMPT,
        bounds=Bounds(write_seconds=0.5),
        **UNKNOWN,
    ),
    Case(
        row="4",
        fault="reset_while_sending",
        kind="reset or no_answer",
        owned=LONG_PROMPT,
        **UNKNOWN,
    ),
    Case(row="5", fault="stop_reading", kind="read_timeout", bounds=HASTY, **UNKNOWN),
    Case(row="5", fault="stall_before_acceptance", kind="read_timeout", bounds=HASTY, **UNKNOWN),
    Case(row="6", fault="stall_after_acceptance", kind="read_timeout", bounds=HASTY, **UNKNOWN),
    Case(row="6", fault="stall_after_acceptance", kind="wall_clock", bounds=IMPATIENT, **UNKNOWN),
    Case(row="6", fault="slow_headers", kind="wall_clock", bounds=IMPATIENT, **UNKNOWN),
    Case(row="7", fault="reset_before_body", kind="reset", **UNKNOWN),
    Case(row="7", fault="reset_before_acceptance", kind="reset", **UNKNOWN),
    Case(row="7", fault="reset_after_acceptance", kind="reset", **UNKNOWN),
    Case(row="7", fault="close_before_acceptance", kind="no_answer", **UNKNOWN),
    Case(row="7", fault="close_after_acceptance", kind="no_answer", **UNKNOWN),
    Case(row="8", fault="not_http", kind="not_http", **UNKNOWN),
    Case(row="8", fault="truncated_body", kind="cut_answer", **ADOPTED),
    Case(row="8", fault="cut_chunked", kind="cut_answer", **ADOPTED),
    Case(row="8", fault="stalled_body", kind="read_timeout", bounds=HASTY, **ADOPTED),
    Case(row="8", fault="short_length", kind="not_json", **ADOPTED),
    Case(row="8", fault="cut_json", kind="not_json", **ADOPTED),
    Case(row="8", fault="not_json", kind="not_json", **PAID),
    Case(row="8", fault="empty_body", kind="not_json", **PAID),
    Case(row="8", fault="drip_body", kind="wall_clock", bounds=IMPATIENT, **PAID),
    Case(row="8", fault="endless_body", kind="too_large", bounds=SMALL, **ADOPTED),
    Case(row="8", fault=fault("oversized_body", **WIDE), kind="too_large", bounds=SMALL, **ADOPTED),
    Case(row="8", fault=fault("gzip_bomb", **WIDE), kind="too_large", bounds=SMALL, **ADOPTED),
    Case(row="9", fault="no_request_id", kind="no_request_id", **PAID),
    Case(row="9", fault="wrong_types", kind="wrong_types", **PAID),
    Case(row="9", fault="not_an_object", kind="wrong_types", **PAID),
    Case(row="10", fault="http_400", kind="http_400", **REFUSED),
    Case(row="11", fault="http_401", kind="http_401", **PAUSED),
    Case(row="12", fault="http_402", kind="http_402", **PAUSED),
    Case(row="13", fault="http_403", kind="http_403", **REFUSED),
    Case(row="14", fault="http_404", kind="http_404", **REFUSED),
    *(
        Case(row="15", fault=f"http_{status}", kind=f"http_{status}", **REFUSED)
        for status in (405, 410, 413, 415)
    ),
    Case(row="16", fault="http_408", kind="http_408", **UNKNOWN),
    Case(row="16", fault="http_425", kind="http_425", **UNKNOWN),
    Case(row="17", fault=fault("http_409", charged=True), kind="http_409", **UNKNOWN),
    Case(row="18", fault="http_422", kind="moderation", charge=Charge.NO, decision=Decision.BLOCK),
    Case(row="18", fault=fault("http_422", form="empty"), kind="http_422", **REFUSED),
    Case(row="19", fault="http_429", kind="http_429", **NOT_SENT),
    Case(row="19", fault=fault("http_429", retry_after="date:90"), kind="http_429", **NOT_SENT),
    Case(row="19", fault=fault("http_429", retry_after="150"), kind="http_429", **PAUSED),
    Case(row="20", fault="http_500", kind="http_500", **UNKNOWN),
    Case(row="20", fault=fault("http_500", charged=True), kind="http_500", **UNKNOWN),
    Case(row="21", fault=fault("http_502", form="html"), kind="http_502", **UNKNOWN),
    Case(row="21", fault=fault("http_504", form="empty", charged=True), kind="http_504", **UNKNOWN),
    Case(row="22", fault="http_503", kind="http_503", **UNKNOWN),
    Case(row="22", fault=fault("http_503", retry_after="soon"), kind="http_503", **UNKNOWN),
    Case(row="22", fault=fault("http_503", retry_after="7"), kind="http_503", **NOT_SENT),
    Case(row="23", fault="http_302", kind="redirect", **UNKNOWN),
    Case(row="23", fault=fault("http_307", charged=True), kind="redirect", **UNKNOWN),
    Case(row="24", fault="html_200", kind="foreign_page", **UNKNOWN),
    Case(row="24", fault=fault("html_200", charged=True), kind="foreign_page", **UNKNOWN),
]


FOR_EVER: dict[str, Any] = {"decision": Decision.ASK_AGAIN, "last_decision": Decision.ASK_AGAIN}
A_FEW_TIMES: dict[str, Any] = {"decision": Decision.ASK_AGAIN, "last_decision": Decision.HOLD}
OVER: dict[str, Any] = {"charge": Charge.MAYBE, "decision": Decision.FAIL}

POLLS = [
    Case(row="14", fault="not_found", kind="http_404", **A_FEW_TIMES),
    Case(
        row="14",
        fault=fault("new_status_word", text="NOT_FOUND"),
        kind="http_404",
        **A_FEW_TIMES,
    ),
    *(
        Case(row=row, fault=f"http_{status}", kind=f"http_{status}", **FOR_EVER)
        for row, status in (
            *(("11", 401), ("12", 402), ("13", 403), ("16", 408), ("17", 409), ("19", 429)),
            *(("20", 500), ("21", 502), ("22", 503), ("21", 504), ("26", 418)),
        )
    ),
    Case(row="23", fault="http_301", kind="redirect", **FOR_EVER),
    Case(row="24", fault="html_200", kind="foreign_page", **FOR_EVER),
    Case(row="26", fault=None, door="refused", kind="refused", **FOR_EVER),
    Case(row="26", fault=None, door="silent", kind="connect_timeout", bounds=HASTY, **FOR_EVER),
    Case(row="26", fault="reset", kind="reset", **FOR_EVER),
    Case(row="26", fault="close", kind="no_answer", **FOR_EVER),
    Case(row="26", fault="not_http", kind="not_http", **FOR_EVER),
    Case(row="26", fault="stall", kind="read_timeout", bounds=HASTY, **FOR_EVER),
    Case(row="26", fault="stall", kind="wall_clock", bounds=IMPATIENT, **FOR_EVER),
    Case(row="26", fault="drip_body", kind="wall_clock", bounds=IMPATIENT, **FOR_EVER),
    Case(row="26", fault="truncated_body", kind="cut_answer", **FOR_EVER),
    Case(row="26", fault="short_length", kind="not_json", **FOR_EVER),
    Case(row="26", fault="not_json", kind="not_json", **FOR_EVER),
    Case(row="26", fault="empty_body", kind="not_json", **FOR_EVER),
    Case(row="26", fault="not_an_object", kind="wrong_types", **FOR_EVER),
    Case(row="26", fault="wrong_types", kind="wrong_types", **FOR_EVER),
    Case(row="26", fault="no_status", kind="wrong_types", **FOR_EVER),
    Case(row="26", fault="no_request_id", kind="no_request_id", **FOR_EVER),
    Case(row="26", fault="wrong_request_id", kind="wrong_request_id", **FOR_EVER),
    Case(row="26", fault="endless_body", kind="too_large", bounds=SMALL, **FOR_EVER),
    Case(
        row="28",
        fault="status_unknown",
        kind="status_unknown",
        charge=Charge.MAYBE,
        **A_FEW_TIMES,
    ),
    *(
        Case(row="29", fault=name, kind="status_error", **OVER)
        for name in (
            *("status_error", "status_error_string_code", "status_error_bare", "status_failed"),
        )
    ),
    Case(
        row="29",
        fault="status_error_422",
        kind="moderation",
        charge=Charge.MAYBE,
        decision=Decision.BLOCK,
    ),
    Case(row="30", fault="completed_without_url", kind="no_image_url", **A_FEW_TIMES),
    Case(row="30", fault="completed_with_several_urls", kind="no_image_url", **A_FEW_TIMES),
]


LATER: dict[str, Any] = {"decision": Decision.HOLD}

DOWNLOADS = [
    Case(row="23", fault="http_302", kind="redirect", **A_FEW_TIMES),
    Case(row="26", fault="reset", kind="reset", **FOR_EVER),
    Case(row="26", fault="close", kind="no_answer", **FOR_EVER),
    Case(row="26", fault="stall", kind="read_timeout", bounds=HASTY, **FOR_EVER),
    Case(row="26", fault="drip_body", kind="wall_clock", bounds=IMPATIENT, **FOR_EVER),
    Case(row="26", fault="http_503", kind="http_503", **FOR_EVER),
    Case(row="31", fault="expired", kind="expired_url", **FOR_EVER),
    Case(row="31", fault="gone", kind="expired_url", **FOR_EVER),
    Case(row="31", fault="http_410", kind="expired_url", **FOR_EVER),
    *(
        Case(row="32", fault=name, kind="truncated_image", **A_FEW_TIMES)
        for name in ("truncated_body", "cut_chunked", "short_length", "cut_image", "no_iend")
    ),
    *(
        Case(row="33", fault=name, kind="not_an_image", **A_FEW_TIMES)
        for name in ("xml_200", "not_an_image", "empty_image", "html_200")
    ),
    Case(row="34", fault="bomb", kind="too_many_pixels", **LATER),
    Case(row="34", fault="too_wide", kind="too_many_pixels", **LATER),
    Case(row="34", fault=fault("oversized_body", **WIDE), kind="too_large", bounds=SMALL, **LATER),
    Case(row="34", fault=fault("gzip_bomb", **WIDE), kind="too_large", bounds=SMALL, **LATER),
    Case(row="34", fault="endless_body", kind="too_large", bounds=SMALL, **LATER),
]
