"""Thumbnails by which images are compared: small, grey, and blind to brightness and contrast."""

import functools

import numpy as np
from numpy.typing import NDArray

SIDE = 16  # pixels, of a thumbnail
PIXELS = SIDE * SIDE
LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601


def thumbnails(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Images (N, H, W, C) → (N, PIXELS) of mean 0 and length 1, or 0 for an image without contrast.

    The product of two is the correlation of their grey values.
    """
    weights = LUMINANCE if images.shape[3] == len(LUMINANCE) else _equal_weights(images.shape[3])
    rows, columns = _averaging_matrix(images.shape[1]), _averaging_matrix(images.shape[2])
    small = np.stack([rows @ (image @ weights) @ columns.T for image in images] or [])
    vectors = small.reshape(len(images), PIXELS)
    vectors -= vectors.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    # Less than half a grey level in the mean is rounding, not a picture.
    has_contrast = lengths > SIDE / 2
    return np.where(has_contrast, vectors / np.maximum(lengths, 1), 0).astype(np.float32)


def _equal_weights(num_channels: int) -> NDArray[np.float32]:
    return np.full(num_channels, 1 / num_channels, dtype=np.float32)


@functools.cache
def _averaging_matrix(side: int) -> NDArray[np.float32]:
    """The matrix (SIDE, side) of which each row averages the pixels below one of the thumbnail."""
    edges = np.arange(SIDE + 1) * side / SIDE
    pixels = np.arange(side)
    upper = np.minimum(edges[1:, None], pixels + 1)
    lower = np.maximum(edges[:-1, None], pixels)
    overlap = np.maximum(upper - lower, 0)
    shares: NDArray[np.float32] = (overlap / overlap.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares
