"""Brings the knowledge tables to the newest revision. Their own version table: other rooms keep their own."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

VERSION_TABLE = "knowledge_schema"


def migrate(engine: Engine) -> None:
    """Does nothing when the schema is up to date."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
