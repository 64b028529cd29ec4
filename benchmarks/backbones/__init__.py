"""Backbones: features beside a plain script, heads, fine-tuning, and the memory that their jobs take."""
