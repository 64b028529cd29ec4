"""The REST API: it enqueues jobs, shows what came of them, and serves the models they made."""
