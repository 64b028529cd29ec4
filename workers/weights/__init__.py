"""Pretrained weights: found in the first source that has them, checked, kept, and fitted to a network."""
