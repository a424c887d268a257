"""The first version's quality score: how completely a picture was specified, from 0.5 to 1.0."""

from __future__ import annotations


def quality_score(*, given_parameters: int, has_image: bool) -> float:
    """Return 0.5, plus 0.05 per given parameter (at most 0.3), plus 0.2 with an image.

    The formula is that of the first version, kept so that figures stay comparable. It measures
    completeness, not beauty, and the pages call it that. It is computed in hundredths, so that 0.5
    + 0.3 + 0.2 is exactly 1.0.
    """
    hundredths = 50 + min(5 * given_parameters, 30) + (20 if has_image else 0)
    return min(hundredths, 100) / 100
