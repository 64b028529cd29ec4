"""The queue: jobs, comparisons, leases and events as rows. It knows no training and no HTTP."""
