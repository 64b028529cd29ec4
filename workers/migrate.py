"""The schema of the database, brought up to date and checked with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, make_url, text

from workers.database import migration_engine


class SchemaError(RuntimeError):
    """The database's schema is not that of this version."""


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest revision; nothing happens where it is there."""
    database = make_url(url)
    if database.get_backend_name() == "sqlite" and database.database:
        Path(database.database).parent.mkdir(parents=True, exist_ok=True)
    engine = migration_engine(url)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if engine.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise SchemaError(f"a migration broke references: {broken[:3]}")
    engine.dispose()


def check_current(engine: Engine) -> str:
    """The revision of the database; SchemaError unless it is the newest."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found is None or found != newest:
        raise SchemaError(
            f"the database is at revision {found} and this version needs {newest};"
            " run 'bakeoff migrate'"
        )
    return found


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
