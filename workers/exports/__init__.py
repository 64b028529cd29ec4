"""Exports of a trained network to the formats of other programs, each format checked against torch.

Each format has a file of its own.
"""
