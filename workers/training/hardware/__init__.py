"""How a training uses its device: the device itself, number formats, kernels and memory.

A trick that makes training faster lies in a module of its own here, is held to plain torch by a
test, and has a command that shows its gain: see README.md. Nothing outside this package relies on
one.
"""
