"""The reader: decides one aspect after another and keeps the word and the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.domain.reading import Reading
from core.engines.preview import lexicon
from core.engines.preview.script import Script

YOUR_SETTING = "your setting"
_SCENE = "structured prompt"
_LABELS = {
    "camera_angle": "camera",
    "fov": "lens",
    "lighting": "light",
    "color_palette": "palette",
    "composition": "composition",
    "style": "style",
}


class Reader:
    """Reads a script; remembers which letters of the spoken words it has understood."""

    def __init__(self, script: Script, parameters: Mapping[str, str]) -> None:
        self.script = script
        self.parameters = parameters
        self.readings: list[Reading] = []
        self.understood: set[int] = set()
        """Places of letters in the spoken words."""
        self.overruled: set[int] = set()
        """Places of words that a setting decides instead."""

    def aspect(self, label: str, table: Mapping[str, str], default: str) -> str:
        """Return the entry whose word comes first in the prompt, else in the scene's place."""
        found = lexicon.earliest(self._without_nouns(), table)
        if found:
            self.learn(table[found[0]])
            return self._noted(label, found[0], f"from '{found[1]}'")
        found = lexicon.earliest(self.script.place, table)
        if found:
            return self._noted(label, found[0], f"from '{found[1]}' in the {_SCENE}")
        return self._noted(label, default, "default")

    def _without_nouns(self) -> str:
        # A school bus is not in a school; a place that is itself the subject counts.
        spoken = self.script.spoken
        for cue in self.script.cues:
            noun = cue.mention.noun
            if noun and noun.tier == 0:
                spoken = spoken.replace(noun.word, " " * len(noun.word), 1)
        return spoken

    def parameter(self, name: str, default: str) -> str:
        """Return the value of a parameter: setting, then prompt, then structured prompt."""
        label, table = _LABELS[name], lexicon.PARAMETER_WORDS[name]
        if name in self.parameters:
            for pattern in table.values():
                self.overruled |= _places(self.script.spoken, pattern)
            return self._noted(label, self.parameters[name], YOUR_SETTING)
        found = lexicon.preferred(self.script.spoken, table)
        if found:
            self.learn(table[found[0]])
            return self._noted(label, found[0], f"from '{found[1]}'")
        if name in self.script.exact:
            return self._noted(label, self.script.exact[name], _SCENE)
        found = lexicon.preferred(self.script.fields.get(name, ""), table)
        if found:
            return self._noted(label, found[0], f"from '{found[1]}' in the {_SCENE}")
        return self._noted(label, default, "default")

    def learn(self, pattern: str) -> None:
        """Remember that the words of a pattern were understood wherever they stand."""
        self.understood |= _places(self.script.spoken, pattern)

    def note(self, label: str, choice: str, source: str) -> None:
        """Keep one reading."""
        self.readings.append(Reading(label, choice.replace("-", " "), source))

    def _noted(self, label: str, choice: str, source: str) -> str:
        self.note(label, choice, source)
        return choice


def _places(text: str, pattern: str) -> set[int]:
    return {
        place
        for found in re.finditer(rf"\b(?:{pattern})\b", text)
        for place in range(found.start(), found.end())
    }
