"""The settings: what the environment's KLUIS_ variables say, read once."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import Correctable
from mail.addresses import address_for
from server.health import Part
from server.http_rules import origin_of
from server.logs import Form
from server.measuring import Address
from server.trusted_documents import Mode
from storage.malware import Clamd

PREFIX = "KLUIS_"
DRIVER = "postgresql+asyncpg://"


class BadSetting(Exception):
    """A variable cannot be used; the text names it and says why in one line, without its value."""


def _with_driver(url: str) -> str:
    if url.startswith("postgresql://"):
        return url.replace("postgresql://", DRIVER, 1)
    if not url.startswith(DRIVER):
        raise ValueError("must begin with postgresql://")
    return url


def _is_web_address(url: str) -> str:
    origin_of(url)
    return url.rstrip("/")


def _is_mail_address(text: str) -> str:
    try:
        return address_for(text)
    except Correctable as error:
        raise ValueError(str(error)) from None


def _is_clamd(url: str) -> str:
    Clamd.at(url)
    return url


def _is_place(text: str) -> str:
    Address.parse(text)
    return text


def _words(value: object) -> object:
    return tuple(it.strip() for it in value.split(",") if it.strip()) if isinstance(value, str) else value


def _origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    if any(origin_of(it) != it for it in origins):
        raise ValueError("must be origins as browsers send them, such as https://portal.example")
    return origins


def _own_address(found: Mapping[str, object]) -> str:
    host = str(found["host"])
    return f"http://{f'[{host}]' if ':' in host else host}:{found['port']}"


def _own_keys(found: Mapping[str, object]) -> Path:
    return Path(str(found["home"])) / "keys.json"


class Settings(BaseSettings):
    """Every setting, with what it is when nobody says so."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)

    home: Path = Field(
        default=Path("./var"), description="The folder for everything this server keeps on disk."
    )
    host: str = Field(default="127.0.0.1", description="The address it listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port it listens on; 0 takes a free one.")
    database_url: Annotated[str, AfterValidator(_with_driver)] | None = Field(
        default=None, repr=False, description="A PostgreSQL 18; unset: the embedded one, in the home folder."
    )
    pooler_url: Annotated[str, AfterValidator(_with_driver)] | None = Field(
        default=None,
        repr=False,
        description="A pgbouncer in transaction mode before that database; unset: none.",
    )
    database_pool: int = Field(
        default=20,
        # With two besides those that listen, everybody gets a turn (tests/schema/test_ending.py).
        ge=5,
        le=1000,
        description="How many connections to the database a process has at most, three of which listen.",
    )
    statement_timeout: float = Field(
        default=5.0, ge=0.1, le=300, description="After how many seconds the database gives a statement up."
    )
    idle_timeout: float = Field(
        default=10.0,
        ge=0.1,
        le=300,
        description="After how many seconds it ends a transaction that does nothing.",
    )
    backup_database_url: Annotated[str, AfterValidator(_with_driver)] | None = Field(
        default=None,
        repr=False,
        description="As whom `backup` reads the database, where the user of `KLUIS_DATABASE_URL` does not "
        "pass row level security; unset: that one.",
    )
    storage_url: str | None = Field(
        default=None,
        repr=False,
        description="Where documents are kept, such as an S3 store; unset: files in the home folder.",
    )
    smtp_url: str | None = Field(
        default=None,
        repr=False,
        description="The mail relay; unset: mail is kept and not sent, in the demo only.",
    )
    mail_sender: Annotated[str, AfterValidator(_is_mail_address)] | None = Field(
        default=None,
        description="The address that letters come from, where a firm has none of its own (`set-mail`); "
        "unset: `no-reply@` the host of `KLUIS_PUBLIC_URL`.",
    )
    mail_connections: int = Field(
        default=4, ge=1, le=100, description="How many letters a worker hands to the relay at once."
    )
    public_url: Annotated[str, AfterValidator(_is_web_address)] = Field(
        default_factory=_own_address,
        description="The address that people use, without a slash at the end; unset: the host and the port.",
    )
    keys: Path = Field(
        default_factory=_own_keys,
        description="The file with this installation's keys; unset: `keys.json` in the home folder.",
    )
    news_wait: int | None = Field(
        default=None,
        ge=0,
        le=86_400,
        description="How many seconds news waits for more, so that one letter tells of all; unset: 120, and "
        "2 in the demo.",
    )
    upload_limit: int = Field(
        default=25 << 20, gt=0, description="The largest document within a request, in bytes."
    )
    large_upload_limit: int = Field(
        default=2 << 30, gt=0, description="The largest document that is sent by `createUpload`, in bytes."
    )
    clamd_url: Annotated[str, AfterValidator(_is_clamd)] | None = Field(
        default=None,
        description="The malware scanner, clamd: `tcp://host:3310` or `unix:///run/clamd.sock`; unset: files "
        "are not searched.",
    )
    purge_after_days: int = Field(
        default=30,
        ge=1,
        le=36_500,
        description="After how many days a deleted document is gone for good, bytes and all.",
    )
    audit_heads: str | None = Field(
        default=None,
        description="Where the heads of the audit trail are written each minute, by which a trail that was "
        "made anew is known: a file, on another machine if it can be, or `log`; unset: nowhere.",
    )
    allowed_origins: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_words), AfterValidator(_origins)
    ] = Field(
        default=(),
        description="Front ends on other addresses that may ask with the session's cookie, such as "
        "`https://portal.example`; several are parted by commas.",
    )
    get_queries: bool = Field(default=False, description="Whether queries may come by GET too.")
    documents: Path | None = Field(
        default=None,
        description="Trusted documents: a manifest of Relay, graphql-codegen or Apollo, or a folder of them.",
    )
    documents_mode: Mode = Field(
        default=Mode.PREFER,
        description="`prefer`: others are executed too; `only`: no others; `off`: none is known by its id.",
    )
    log: Form = Field(
        default=Form.TEXT,
        description="`text`: warnings, for people; `json`: an object a line, and one for each operation.",
    )
    metrics: Annotated[str, AfterValidator(_is_place)] | None = Field(
        default=None,
        description="Where metrics for Prometheus are shown, such as `127.0.0.1:9464`, at `/metrics`, and "
        "a worker's health at `/health/ready`; unset: nowhere.",
    )
    traces_url: Annotated[str, AfterValidator(_is_web_address)] | None = Field(
        default=None,
        description="Where traces go, by OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`; unset: "
        "there are none.",
    )
    slow_after: float = Field(
        default=1.0, gt=0, description="From how many seconds on an operation is logged as slow."
    )
    ready_without: Annotated[tuple[Part, ...], NoDecode, BeforeValidator(_words)] = Field(
        default=(),
        description="What may be wanting while `/health/ready` says ready, parted by commas: `database`, "
        "`migrations`, `store`, `mail`, `worker`.",
    )
    stop_grace: float | None = Field(
        default=None,
        ge=0,
        le=600,
        description="For how many seconds a server that is told to stop goes on, and says that it is not "
        "ready; unset: 5, and 0 in the demo.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = Field(
        default=(),
        description="Addresses or networks of proxies whose X-Forwarded-For is believed, parted by commas.",
    )


def read() -> Settings:
    """The settings of this program; raises BadSetting."""
    known = {_variable(it) for it in Settings.model_fields}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name not in known:
            raise BadSetting(f"{name} is not a setting; the settings are {', '.join(sorted(known))}")
    try:
        return Settings()
    except ValidationError as error:
        # What was not tried because of another error comes later in the list.
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise BadSetting(f"{_variable(str(first['loc'][0]))}: {first['msg']}") from None


def table() -> str:
    """The settings as the README shows them: a Markdown table of names, defaults and what they mean."""
    rows = [
        f"| `{_variable(name)}` | {_shown(it.default)} | {it.description} |"
        for name, it in Settings.model_fields.items()
    ]
    return "\n".join(["| Setting | Default | Meaning |", "|---|---|---|", *rows])


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, Path):
        return f"`./{default}`"
    return f"`{default}`" if isinstance(default, str | int | float) else "unset"


def _variable(field: str) -> str:
    return PREFIX + field.upper()
