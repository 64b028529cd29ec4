"""Random changes to train images, on the device and to a whole batch at once: `draw()` and `augment()`."""
