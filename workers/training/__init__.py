"""Training a network, and evaluating and timing it, with torch, `models` and a dataset alone.

It imports where only torch is installed; other libraries are imported in the functions that use
them. It knows no database: `Trainer.epochs()` is a generator, and its caller decides what to store.
"""
