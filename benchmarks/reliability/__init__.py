"""Faults by the thousand, and what came of them: docs/reliability.md."""
