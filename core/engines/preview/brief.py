"""Understands a request: words and parameters become decisions that remember their source."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.domain.reading import Reading
from core.engines.preview import lexicon
from core.engines.preview.camera import LENS_OF_ANGLE
from core.engines.preview.colour import NAMED, coloured_nouns, linear
from core.engines.preview.palettes import NATURAL, Palette, palette
from core.engines.preview.shot import Shot
from core.engines.preview.vocabulary import check

INDOORS = frozenset({"studio", "room"})

_LIGHT_OF_SETTING = {"studio": "studio", "room": "natural"}
_LABELS = {
    "camera_angle": "camera",
    "fov": "lens",
    "lighting": "light",
    "color_palette": "palette",
    "composition": "composition",
    "style": "style",
}


@dataclass(frozen=True, slots=True)
class Brief:
    """What will be shown, decided once and for all."""

    words: str
    stand_in: str
    setting: str
    weather: str
    angle: str
    lens: str
    light: str
    palette: str
    composition: str
    style: str
    paints: Palette
    painted: bool
    """Whether the prompt named the subject's colour."""
    painted_below: bool
    """Whether it named the colour of a lower part: trousers, a lid, a roof."""
    readings: tuple[Reading, ...]

    @property
    def indoors(self) -> bool:
        """Whether there is a wall or backdrop instead of a sky."""
        return self.setting in INDOORS


class _Reader:
    """Decides one aspect after another and keeps the reasons."""

    def __init__(self, words: str, parameters: Mapping[str, str]) -> None:
        self.words = words
        self.parameters = parameters
        self.readings: list[Reading] = []

    def aspect(self, label: str, table: Mapping[str, str], default: str) -> str:
        return self._choose(label, lexicon.earliest(self.words, table), default)

    def _choose(self, label: str, found: tuple[str, str] | None, default: str) -> str:
        choice = found[0] if found else default
        self.note(label, choice, f"from '{found[1]}'" if found else "default")
        return choice

    def parameter(self, name: str, default: str) -> str:
        if name in self.parameters:
            self.note(_LABELS[name], self.parameters[name], "your setting")
            return self.parameters[name]
        found = lexicon.preferred(self.words, lexicon.PARAMETER_WORDS[name])
        return self._choose(_LABELS[name], found, default)

    def note(self, label: str, choice: str, source: str) -> None:
        self.readings.append(Reading(label, choice.replace("-", " "), source))


def _painted(paints: Palette, reader: _Reader) -> tuple[Palette, bool, bool]:
    # Colours the prompt names go to the noun behind them: backdrop, lower half or subject.
    subject = below = False
    for colour, noun in coloured_nouns(reader.words):
        paint = linear(NAMED[colour])
        if re.match(lexicon.BACKDROP_NOUNS, noun):
            paints = replace(paints, backdrop=paint, ground=paint * 0.85)
        elif re.match(lexicon.LOWER_NOUNS, noun):
            paints, below = replace(paints, secondary=paint), True
        elif not re.match(rf"(?:{lexicon.NOT_PAINT})$", noun):
            paints, subject = replace(paints, primary=paint), True
        else:
            continue
        reader.note("colour", f"{colour} {noun}", f"from '{colour}'")
    return paints, subject, below


def understand(shot: Shot) -> Brief:
    """Return the brief for a shot; explicit parameters win over words of the prompt.

    Raises:
        ValueError: if a parameter or one of its values is unknown.
    """
    check(shot.parameters)
    words = f" {' '.join(shot.prompt.lower().split())} "
    reader = _Reader(words, shot.parameters)
    stand_in = reader.aspect("stand-in", lexicon.STAND_INS, "object")
    setting = reader.aspect("setting", lexicon.SETTINGS, lexicon.HOME_OF.get(stand_in, "studio"))
    weather = reader.aspect("weather", lexicon.WEATHER, "dry") if setting not in INDOORS else "dry"
    light = reader.parameter("lighting", _LIGHT_OF_SETTING.get(setting, "bright-daylight"))
    angle = reader.parameter("camera_angle", "eye-level")
    usual = "wide" if stand_in == "landscape" else "standard"
    lens = reader.parameter("fov", LENS_OF_ANGLE.get(angle, usual))
    composition = reader.parameter("composition", "centered")
    colours = reader.parameter("color_palette", "neon" if light == "neon" else NATURAL)
    style = reader.parameter("style", "photorealistic")
    paints, painted, below = _painted(palette(colours), reader)
    return Brief(
        words=words,
        stand_in=stand_in,
        setting=setting,
        weather=weather,
        angle=angle,
        lens=lens,
        light=light,
        palette=colours,
        composition=composition,
        style=style,
        paints=paints,
        painted=painted,
        painted_below=below,
        readings=tuple(reader.readings),
    )
