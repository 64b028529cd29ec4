"""The schema of the database: its migrations, which bring it to the tables of workers.storage.tables."""
