"""The bodies of prediction requests: every form in which images may come, and how answers are written."""
