"""The REST API over the job system, and the Python client and command line that speak to it."""
