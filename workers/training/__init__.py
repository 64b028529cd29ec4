"""Training, evaluating and timing a network, with torch, `models` and the dataset alone.

It imports where only torch is installed; other libraries are imported in the functions that use
them. It knows no database: `train()` is a generator, and whoever iterates decides what to keep.
"""
