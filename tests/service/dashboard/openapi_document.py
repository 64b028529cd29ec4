"""Prints the OpenAPI document of the service, of which the types of the dashboard are made."""

import json
import sys
import tempfile
from pathlib import Path

from service.app import create_app
from tests.migrated import migrate
from workers.settings import Settings

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        migrate(settings.resolved_database_url)
        json.dump(create_app(settings).openapi(), sys.stdout)
