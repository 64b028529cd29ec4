"""Explanations of predictions: of which images, computed in a thread of their own, as JSON and as picture."""
