"""How soon pages of the dashboard can be used on a large installation, and whether an open one grows."""
