"""Keras on PyTorch."""

import os

os.environ["KERAS_BACKEND"] = "torch"

from benchmarks.contenders import main
from benchmarks.keras_networks import seconds

if __name__ == "__main__":
    main(seconds)
