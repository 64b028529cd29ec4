"""Faults by the thousand, and what came of them: docs/fault-tolerance.md."""
