"""Several pictures of one row: by a column `variations`, or because equal rows were meant so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from core.domain.request import LARGEST_SEED, GenerationRequest, canonical_form
from core.intake.typed_rows import IntakeRow


def variation_of(request: GenerationRequest, number: int) -> GenerationRequest:
    """Return the request with the seed of its variation; the one numbered 0 is as it is.

    A seed that is given is counted up. Without one it follows from the request, so that the same
    file asks for the same pictures again and they are paid for once.
    """
    if number == 0:
        return request
    if request.seed is not None:
        seed = (request.seed + number) % (LARGEST_SEED + 1)
    else:
        text = f"{canonical_form(request)}\n{number}"
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % LARGEST_SEED
    return request.model_copy(update={"seed": seed})


def with_variations(rows: Sequence[IntakeRow]) -> list[IntakeRow]:
    """Return every row as often as its column says, each with an id and a seed of its own."""
    taken = {row.row_id for row in rows}
    found: list[IntakeRow] = []
    for row in rows:
        if row.request is None or row.variations == 1:
            found.append(row)
            continue
        for number in range(row.variations):
            name = f"{row.row_id}-{number + 1}"
            while name in taken:
                name += "-"
            taken.add(name)
            request = variation_of(row.request, number)
            found.append(replace(row, row_id=name, request=request, variations=1))
    return found
