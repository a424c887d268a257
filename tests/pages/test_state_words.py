"""What a picture is doing, in the words of the screens."""

from __future__ import annotations

import pytest

from core.domain import engines
from core.domain.engines import TRAITS, EngineTraits
from core.domain.states import State
from pages.parts.shared.safe_text import _words_of


def test_a_paid_picture_is_told_by_whoever_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    acme = EngineTraits(family="provider", provider_label="Acme")
    monkeypatch.setattr(engines, "TRAITS", {**TRAITS, "acme": acme})

    assert _words_of(State.SUBMITTING, "bria", is_paid=True) == "Sending the order to Bria"
    assert _words_of(State.ACCEPTED, "bria-lite", is_paid=True) == "Bria is making the picture"
    assert _words_of(State.ACCEPTED, "acme", is_paid=True) == "Acme is making the picture"
    assert _words_of(State.ACCEPTED, "older", is_paid=True) == "The provider is making the picture"
    assert _words_of(State.ACCEPTED, "preview", is_paid=False) == "Drawing the shot"
    assert _words_of(State.COMPLETED, "acme", is_paid=True) == "Ready"
