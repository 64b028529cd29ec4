"""What outlives a process: the database, its tables and what is read from them, and artifacts."""
