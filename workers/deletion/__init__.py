"""Deletion of jobs, comparisons and models: marked for a day, then rows and files go for good."""
