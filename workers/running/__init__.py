"""The worker: its loop, the process of a job, executors, and the locks that tell who is alive."""
