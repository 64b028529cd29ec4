"""The networks of timm (github.com/huggingface/pytorch-image-models), and what only exists for them.

A backbone with its options, its weights and the rates of its layers is here because only networks of timm
become backbones; what an architecture of this project needs too lies one folder up. timm is imported in
functions, when a network is built: that takes about a third of a second, and the rest of `models` works where
it is not installed.
"""
