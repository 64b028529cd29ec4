"""Keras on JAX, which compiles the whole step."""

import os

os.environ["KERAS_BACKEND"] = "jax"

from benchmarks.contenders import main
from benchmarks.keras_networks import seconds

if __name__ == "__main__":
    main(seconds)
