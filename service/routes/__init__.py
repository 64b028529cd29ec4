"""The calls, one module per resource, each with a `router`; create_app() finds them by being here."""
