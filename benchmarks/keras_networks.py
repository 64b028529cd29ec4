"""The six networks in Keras, layer for layer, and their training with `fit`."""

from time import perf_counter
from typing import Any

import keras
import numpy as np
from keras import layers

from benchmarks.contenders import BATCH_SIZE, EPOCHS, LEARNING_RATE, NUM_CLASSES, Work
from models import ImageShape, architectures
from workers.training.measuring.network_summary import count_parameters


class EpochClock(keras.callbacks.Callback):
    """Seconds of the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock."""
        del epoch, logs
        self.started = perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Stop the clock."""
        del epoch, logs
        self.seconds = perf_counter() - self.started


def seconds(work: Work) -> float:
    """Seconds of the second epoch of `fit` on a float array in memory, the fastest input of Keras."""
    channels, height, width = work.shape
    inputs = keras.Input((height, width, channels))
    network = keras.Model(inputs, layers.Dense(NUM_CLASSES)(_features(work.architecture, inputs)))
    _refuse_another_size(network, work)
    network.compile(
        optimizer=keras.optimizers.Adam(LEARNING_RATE),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    images = ((work.images.transpose(0, 2, 3, 1) / 255 - 0.5) / 0.29).astype(np.float32)
    clock = EpochClock()
    network.fit(
        images, work.labels, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0, callbacks=[clock]
    )
    return clock.seconds


def _refuse_another_size(network: Any, work: Work) -> None:
    """Raise ValueError if the Keras network does not have as many parameters as ours."""
    theirs = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    shape = ImageShape(*work.shape)
    ours = count_parameters(architectures[work.architecture](shape, NUM_CLASSES))
    if theirs != ours:
        raise ValueError(f"{work.architecture} has {theirs:,} parameters in Keras, {ours:,} here")


def _features(architecture: str, x: Any) -> Any:
    """The layers before the classifier."""
    if architecture == "fully_connected":
        return _dense(layers.Flatten()(x), [(80, 0.0), (80, 0.0)])
    if architecture == "deep_fully_connected":
        widths = [(1024, 0.5), (512, 0.3), (512, 0.25), (256, 0.0)]
        return _dense(layers.Flatten()(x), widths)
    if architecture == "cnn":
        for width in (32, 64):
            x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
            x = layers.MaxPooling2D(2)(x)
        return layers.Flatten()(x)
    if architecture == "residual_cnn":
        x = layers.Conv2D(32, 3, padding="same")(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = _block(layers.MaxPooling2D(2)(x), 64, stride=2, batch_norm=True)
        return layers.Flatten()(_block(x, 64, stride=1, batch_norm=True))
    return _three_blocks(x, batch_norm=architecture == "regularised_residual_cnn")


def _three_blocks(x: Any, *, batch_norm: bool) -> Any:
    x = layers.Conv2D(32, 3, padding="same", use_bias=not batch_norm)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x) if batch_norm else x)
    for width, stride in ((32, 1), (64, 2), (128, 2)):
        x = _block(x, width, stride=stride, batch_norm=batch_norm)
    x = layers.GlobalAveragePooling2D()(x)
    return layers.Dropout(0.3)(x) if batch_norm else x


def _dense(x: Any, widths: list[tuple[int, float]]) -> Any:
    for width, dropout in widths:
        x = layers.Dense(width, activation="relu")(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    return x


def _block(x: Any, width: int, *, stride: int, batch_norm: bool) -> Any:
    def convolution(y: Any, size: int, step: int) -> Any:
        y = layers.Conv2D(width, size, step, padding="same", use_bias=not batch_norm)(y)
        return layers.BatchNormalization()(y) if batch_norm else y

    residual = convolution(layers.ReLU()(convolution(x, 3, stride)), 3, 1)
    changes = stride != 1 or x.shape[-1] != width
    return layers.ReLU()(residual + (convolution(x, 1, stride) if changes else x))
