"""Predictions: images in, probabilities out, every stage timed."""
