"""The refusal of every parameter and value that is not in the studio's vocabulary."""

from collections.abc import Mapping

from core.domain.vocabulary import PARAMETER_NAMES, parameter


def check(parameters: Mapping[str, str]) -> None:
    """Refuse parameters or values the engine does not know.

    Raises:
        ValueError: names the unknown parameter or value.
    """
    for name, value in parameters.items():
        if name not in PARAMETER_NAMES:
            raise ValueError(f"The preview does not know a parameter called {name!r}.")
        if parameter(name).find(value) is None:
            raise ValueError(f"The preview does not know the {name} value {value!r}.")
