"""Every value of every parameter, as the studio's vocabulary has them."""

from core.domain.vocabulary import parameters

VALUES = {entry.name: tuple(value.value for value in entry.values) for entry in parameters()}
