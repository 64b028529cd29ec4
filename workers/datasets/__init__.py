"""Datasets: named images with labels, from any source or format to tensors ready for training."""
