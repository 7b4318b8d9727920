"""Settings of an installation, read once from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Settings:
    """What an operator decides; sizes in bytes, times in seconds."""

    app_dsn: str
    redis_url: str
    owner_dsn: str = ""
    environment: str = "development"
    base_url: str = "http://localhost:8000"
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    operator_key: str = field(default="", repr=False)
    data_dir: Path = Path(".atrium/data")
    smtp_url: str = field(default="", repr=False)
    mail_sender: str = "atrium@localhost"
    pool_size_max: int = 20
    pool_wait_seconds_max: float = 5.0
    statement_seconds_max: int = 15
    json_bytes_max: int = 1024 * 1024
    attachment_bytes_max: int = 25 * 1024 * 1024
    trusted_proxies: tuple[str, ...] = ()
    egress_allow_private: tuple[str, ...] = ()
    otlp_endpoint: str = ""
    rate_limits: bool = True
    log_level: str = "info"

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def base_domain(self) -> str:
        """Host, with port where there is one, below which tenants' subdomains live."""
        return urlsplit(self.base_url).netloc.lower()

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read settings from `ATRIUM_*` variables; raises ValueError naming every missing one."""
    env = os.environ if environ is None else environ
    required: tuple[str, ...] = ("ATRIUM_APP_DSN", "ATRIUM_REDIS_URL")
    if env.get("ATRIUM_ENV") == "production":
        required += ("ATRIUM_BASE_URL", "ATRIUM_SECRET_KEY", "ATRIUM_OPERATOR_KEY")
    missing = [name for name in required if not env.get(name)]
    if missing:
        raise ValueError(f"not set: {', '.join(missing)}")
    optional = {
        "owner_dsn": env.get("ATRIUM_OWNER_DSN"),
        "environment": env.get("ATRIUM_ENV"),
        "base_url": (env.get("ATRIUM_BASE_URL") or "").rstrip("/"),
        "secret_key": env.get("ATRIUM_SECRET_KEY"),
        "operator_key": env.get("ATRIUM_OPERATOR_KEY"),
        "smtp_url": env.get("ATRIUM_SMTP_URL"),
        "mail_sender": env.get("ATRIUM_MAIL_SENDER"),
        "log_level": env.get("ATRIUM_LOG_LEVEL"),
        "otlp_endpoint": env.get("OTEL_EXPORTER_OTLP_ENDPOINT"),
    }
    values: dict[str, object] = {name: value for name, value in optional.items() if value}
    if env.get("ATRIUM_DATA_DIR"):
        values["data_dir"] = Path(env["ATRIUM_DATA_DIR"])
    if env.get("ATRIUM_POOL_SIZE"):
        values["pool_size_max"] = int(env["ATRIUM_POOL_SIZE"])
    values["rate_limits"] = env.get("ATRIUM_RATE_LIMITS", "on") != "off"
    for name in ("trusted_proxies", "egress_allow_private"):
        if text := env.get(f"ATRIUM_{name.upper()}"):
            values[name] = tuple(part.strip() for part in text.split(",") if part.strip())
    return Settings(
        app_dsn=env["ATRIUM_APP_DSN"],
        redis_url=env["ATRIUM_REDIS_URL"],
        **values,  # type: ignore[arg-type]
    )
