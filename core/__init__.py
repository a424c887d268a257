"""Everything but the screens: layers of modules in which imports only go down."""

VERSION = "1.0.0"
"""The version of the program, kept only here; REST and the provider's User-Agent report it."""
