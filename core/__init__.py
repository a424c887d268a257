"""Everything but the screens: a stair of modules in which imports only go down."""

VERSION = "1.0.0"
"""Of the whole program, and the only place that knows it; told to the provider and by REST."""
