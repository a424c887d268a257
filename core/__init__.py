"""Everything but the screens: a stair of modules in which imports only go down."""
