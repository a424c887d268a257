"""Every failure can be told to a person in one sentence."""

from __future__ import annotations

import re

import pytest

from core.domain.failure import Charge, Phase
from core.engines.bria.words import _FACTS, advice, fact
from tests.engines.bria.cases import DOWNLOADS, POLLS, SUBMITS

SENTENCE = re.compile(r"[A-Z][^.!?{}]*\.")


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("kind", [*_FACTS, "http_499", "http_599", "never heard of"])
def test_fact_and_advice_are_one_sentence_each(kind: str, phase: Phase) -> None:
    assert SENTENCE.fullmatch(fact(kind, phase))
    for charge in Charge:
        for has_request_id in (False, True):
            told = advice(kind, phase, charge, has_request_id=has_request_id)
            assert SENTENCE.fullmatch(told)


def test_no_kind_of_the_table_is_left_to_the_general_words() -> None:
    told = {kind for case in (*SUBMITS, *POLLS, *DOWNLOADS) for kind in case.kind.split(" or ")}
    general = {kind for kind in told - set(_FACTS) if not kind.startswith("http_")}

    assert general == set()


def test_money_is_never_called_safe_when_it_may_be_gone() -> None:
    for charge in (Charge.MAYBE, Charge.YES):
        for kind in _FACTS:
            told = advice(kind, Phase.SUBMIT, charge, has_request_id=False)
            assert "nothing was charged" not in told
            assert "may cost a second time" in told
