"""The sections of docs/backbones.md that are measured, one a module: each returns the lines of its text."""
