"""The template: its columns, their explanations, their allowed words, and three examples."""

from __future__ import annotations

from core.domain.engines import ENGINE_NAMES
from core.domain.request import FRAME_SIZES
from core.domain.vocabulary import PARAMETER_NAMES, parameter
from core.intake.table import Table, TableRow
from core.intake.writing import write_csv

EXPLANATION_SHEET = "Columns explained"
"""The sheet of the template that is never read."""

TEMPLATE_COLUMNS = (
    ("row_id", "Your own name for the row; empty makes one. No two rows may share it."),
    ("prompt", "What the picture shows, 3 to 2,000 characters. The only column you need."),
    ("camera_angle", "Where the camera stands."),
    ("fov", "The lens."),
    ("lighting", "The light."),
    ("color_palette", "The colours."),
    ("composition", "How the frame is arranged."),
    ("style", "The style of the picture."),
    ("aspect_ratio", "Width to height; empty is 1:1."),
    ("seed", "A whole number for a picture that can be made again; empty is random."),
    ("mode", "ai or manual; empty is ai."),
    ("engine", "Which engine makes it; empty is the one you choose at the start."),
    ("use_cache", "true takes a picture that was made before; empty is true."),
    ("max_retries", "0 to 5; empty is 3."),
    ("tag", "One or more tags with ; between them."),
    ("project", "The name of the project."),
)


def choices(name: str) -> tuple[str, ...]:
    """Return the words that a column may hold, or none for a column of free text."""
    if name in PARAMETER_NAMES:
        return tuple(entry.value for entry in parameter(name).values)
    fixed = {
        "aspect_ratio": tuple(FRAME_SIZES),
        "mode": ("ai", "manual"),
        "engine": ENGINE_NAMES,
        "use_cache": ("true", "false"),
    }
    return fixed.get(name, ())


def example_rows() -> list[tuple[str, ...]]:
    """Return the template's examples, meant to be replaced: few cells, many, and a prompt."""
    examples: tuple[dict[str, str], ...] = (
        {
            "row_id": "fox-1",
            "prompt": "a red fox sitting in fresh snow, looking at the camera",
            "lighting": "golden-hour",
            "aspect_ratio": "3:2",
            "seed": "42",
        },
        {
            "row_id": "bottle-1",
            "prompt": "a perfume bottle on a stone plinth",
            "camera_angle": "low-angle",
            "fov": "macro",
            "lighting": "studio",
            "color_palette": "pastel",
            "composition": "centered",
            "style": "commercial",
            "aspect_ratio": "4:5",
            "tag": "campaign; hero",
        },
        {"prompt": "an old lighthouse on a cliff in a storm"},
    )
    return [tuple(row.get(name, "") for name, _ in TEMPLATE_COLUMNS) for row in examples]


def template_csv() -> bytes:
    """Return a CSV file to fill in, with three example rows."""
    rows = tuple(TableRow(n, cells) for n, cells in enumerate(example_rows(), start=2))
    return write_csv(Table(header=tuple(name for name, _ in TEMPLATE_COLUMNS), rows=rows))
