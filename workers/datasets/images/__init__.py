"""From the bytes of an image file to the pixels a network gets: one way for uploads and predictions."""
