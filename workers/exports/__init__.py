"""A trained network in the formats of other programs, one a file, each checked against torch."""
