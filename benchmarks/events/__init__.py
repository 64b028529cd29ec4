"""What it costs the service that many follow one job, and what it cost when each asked the database."""
