"""Settings from the environment (names in docs/architecture.md); every bound on what the public may send stands here."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
ENCODERS = ROOT / "var" / "encoder"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="", extra="ignore")

    city: Path = ROOT / "knowledge_base" / "content" / "yingkou"
    index_path: Path = ROOT / "var" / "index"
    encoder_dir: Path | None = None
    """Default: the one that training promoted, else the one that was fetched."""
    elasticsearch_url: str | None = None
    elasticsearch_api_key: SecretStr | None = None
    elasticsearch_ca_certs: Path | None = None
    elasticsearch_name: str = "govassist"
    """Prefixes the names of our indices on a shared Elasticsearch."""
    publishes: bool = True
    """False: the index is only read; another process, with a key that may write, publishes."""
    publish_patience_seconds: Annotated[float, Field(ge=0)] = 10.0
    """How long an editor's publishing waits for another process that is at it."""
    database_url: str = f"sqlite:///{ROOT / 'var' / 'db' / 'product.sqlite'}"
    web_dist: Path = ROOT / "web" / "dist"
    rasa_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    internal_token: SecretStr = SecretStr("")
    """Empty: `/internal/*` refuses everyone."""

    rate_per_second: Annotated[float, Field(gt=0)] = 50.0
    rate_burst: Annotated[int, Field(gt=0)] = 200
    max_body_bytes: Annotated[int, Field(gt=0)] = 64 * 1024
    rasa_timeout_seconds: Annotated[float, Field(gt=0)] = 10.0
    chat_at_once: Annotated[int, Field(gt=0)] = 64
    """Turns in work at the same time; more get 503 with Retry-After."""
    conversation_days: Annotated[int, Field(gt=0)] = 30
    """Conversations are deleted after so many days without a turn."""
