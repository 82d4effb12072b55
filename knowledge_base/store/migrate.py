"""Brings the knowledge tables to the newest revision. Their own version table: other rooms keep their own."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from .locks import alone

VERSION_TABLE = "knowledge_schema"
MIGRATIONS = Path(__file__).parent / "migrations"
SCHEMA_LOCK, LONGEST_SECONDS = "schema", 300.0


def migrate(engine: Engine, scripts: Path = MIGRATIONS) -> None:
    """Does nothing when the schema is up to date. Of processes that start together one does it, the others wait."""
    config = Config()
    config.set_main_option("script_location", str(scripts))
    with alone(engine, SCHEMA_LOCK, LONGEST_SECONDS), engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
