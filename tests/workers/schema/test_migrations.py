import re
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection

from workers.schema.migrate import SchemaError, check_current, upgrade
from workers.storage.database import migration_engine, open_database, sqlite_version
from workers.storage.tables import Base


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new.db'}"


def test_the_migrations_make_the_tables_that_the_code_describes(url: str, tmp_path: Path) -> None:
    upgrade(url)
    direct = migration_engine(f"sqlite:///{tmp_path / 'direct.db'}")
    Base.metadata.create_all(direct)

    with migration_engine(url).connect() as migrated, direct.connect() as described:
        found, expected = schema(migrated), schema(described)

    del found["alembic_version"]
    assert found == expected


def schema(connection: Connection) -> dict[str, list[str]]:
    """Name → what is declared, in any order, of every table and index."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    # The name of a table that was copied is quoted.
    plain = [(name, sql.replace(f'"{name}"', name)) for name, sql in rows]
    return {name: sorted(part.strip() for part in re.split("[,()]", sql)) for name, sql in plain}


def test_a_database_is_brought_up_to_date_once_however_often_it_is_asked_for(url: str) -> None:
    failures: list[Exception] = []

    def bring_up_to_date() -> None:
        try:
            upgrade(url)
        except Exception as error:  # noqa: BLE001 - reported below, whatever it is
            failures.append(error)

    threads = [threading.Thread(target=bring_up_to_date) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    upgrade(url)

    assert failures == []
    assert check_current(open_database(url))
    open_database(url).dispose()


def test_a_database_that_was_not_migrated_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(SchemaError, match="run 'bakeoff migrate'"):
        check_current(open_database(url))
    open_database(url).dispose()


def test_sqlite_is_one_that_does_not_damage_its_log(url: str) -> None:
    upgrade(url)
    with open_database(url).connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous")
        }
    open_database(url).dispose()

    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}
    assert tuple(map(int, sqlite_version().split("."))) >= (3, 51, 3)


def test_other_users_of_the_machine_cannot_enter_a_folder_that_is_made(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path / 'data' / 'new.db'}")

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
