"""Features: what a frozen backbone makes of every image of a dataset, computed once and kept."""
