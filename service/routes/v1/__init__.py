"""The API of the project, one resource a file, each with a `router` that app.py includes."""
