"""The JSON bodies that enqueue work: typed, bounded, and refused with a suggestion where unknown."""
