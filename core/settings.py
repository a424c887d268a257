"""Everything that differs between machines, read once from the environment or the secrets file."""

from __future__ import annotations

import getpass
import json
import os
import re
from collections.abc import Iterable
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as UnreadableSettingError

from core.domain.engines import BRIA_BASE_URL, LIST_PRICES_AS_OF, LIST_PRICES_USD
from core.domain.money import Budgets, Prices, microusd
from core.domain.spelling import is_one_slip_apart
from core.errors import SettingsError

OWN_NAMES = frozenset(
    {
        *("api", "app", "auth", "batch", "component", "generate", "history", "media"),
        *("oauth2callback", "static", "statistics", "_stcore"),
    }
)
"""What paths of the studio begin with; below such a name none could be told from two."""

_PATH_NAME = re.compile(r"[A-Za-z0-9_~-]+(\.[A-Za-z0-9_~-]+)*")
_DAY = 86_400
_MOST_USD = 1_000_000_000
_SHORTEST_SECRET = 16
_LONGEST_SOCKET_PATH = 100
"""Bytes of the path of a Unix socket; the system takes 104 to 108."""

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_HOST_NAME = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*\.?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def _who_runs_it() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"  # in a container, where the user has a number but no name


class Settings(BaseSettings):
    """The settings of one installation; the aliases are the names in the environment."""

    model_config = SettingsConfigDict(
        toml_file=".streamlit/secrets.toml", extra="ignore", frozen=True, env_ignore_empty=True
    )

    bria_api_token: SecretStr | None = Field(default=None, alias="BRIA_API_TOKEN")
    data_dir: Path = Field(default=Path("data"), alias="FIBO_DATA_DIR")
    given_database_url: SecretStr | None = Field(default=None, alias="FIBO_DATABASE_URL")
    engine: Literal["auto", "bria", "preview"] = Field(default="auto", alias="FIBO_ENGINE")
    bria_base_url: str = Field(default=BRIA_BASE_URL, alias="BRIA_BASE_URL")
    trust_environment: bool = Field(default=False, alias="FIBO_TRUST_ENVIRONMENT")
    rate_per_minute: int = Field(default=60, ge=1, le=100_000, alias="FIBO_RATE_PER_MINUTE")
    retry_base_seconds: float = Field(default=1.0, gt=0, le=_DAY, alias="FIBO_RETRY_BASE_SECONDS")
    retry_cap_seconds: float = Field(default=60.0, gt=0, le=_DAY, alias="FIBO_RETRY_CAP_SECONDS")
    poll_seconds: float = Field(default=3.0, gt=0, le=_DAY, alias="FIBO_POLL_SECONDS")
    submit_timeout_seconds: float = Field(
        default=30.0, gt=0, le=_DAY, alias="FIBO_SUBMIT_TIMEOUT_SECONDS"
    )
    on_unknown: Literal["hold", "resend_once"] = Field(default="hold", alias="FIBO_ON_UNKNOWN")
    daily_budget_usd: Decimal | None = Field(
        default=None, ge=0, le=_MOST_USD, alias="FIBO_DAILY_BUDGET_USD"
    )
    prices_usd: dict[str, Decimal | str] = Field(default_factory=dict, alias="FIBO_PRICES")
    cache_ttl_seconds: int = Field(
        default=3600, ge=0, le=3650 * _DAY, alias="FIBO_CACHE_TTL_SECONDS"
    )
    cache_max_entries: int = Field(
        default=10_000, ge=1, le=100_000_000, alias="FIBO_CACHE_MAX_ENTRIES"
    )
    parallel: int = Field(default=8, ge=1, le=256, alias="FIBO_PARALLEL")
    deadline_seconds: int = Field(default=600, ge=1, le=_DAY, alias="FIBO_DEADLINE_SECONDS")
    worker: Literal["embedded", "external"] = Field(default="embedded", alias="FIBO_WORKER")
    api_keys: SecretStr | None = Field(default=None, alias="FIBO_API_KEYS")
    allowed_hosts: str = Field(default="", alias="FIBO_ALLOWED_HOSTS")
    allowed_emails: str = Field(default="", alias="FIBO_ALLOWED_EMAILS")
    base_path: str = Field(default="", alias="FIBO_BASE_PATH")
    proxy_login: bool = Field(default=False, alias="FIBO_PROXY_LOGIN")
    proxy_secret: SecretStr | None = Field(default=None, alias="FIBO_PROXY_SECRET")
    proxy_socket: Path | None = Field(default=None, alias="FIBO_PROXY_SOCKET")
    trusted_proxies: str = Field(default="", alias="FIBO_TRUSTED_PROXIES")
    journal_mb: int = Field(default=64, ge=1, le=100_000, alias="FIBO_JOURNAL_MB")
    least_free_mb: int = Field(default=500, ge=0, le=10**9, alias="FIBO_LEAST_FREE_MB")
    log: Literal["text", "json"] = Field(default="text", alias="FIBO_LOG")
    adopt: str | None = Field(default=None, alias="FIBO_ADOPT")
    user_name: str = Field(default_factory=_who_runs_it, alias="FIBO_USER_NAME")

    @field_validator("base_path")
    @classmethod
    def _is_base_path(cls, given: str) -> str:
        names = given.strip().strip("/").split("/")
        if names == [""]:
            return ""
        if not all(_PATH_NAME.fullmatch(name) for name in names):
            raise ValueError("it must be a path such as /studio, of letters, digits, - and _")
        if names[0] in OWN_NAMES:
            raise ValueError(f"/{names[0]} is a path of the studio itself; choose another one")
        return f"/{'/'.join(names)}"

    @field_validator("data_dir")
    @classmethod
    def _is_a_path_for_a_database(cls, folder: Path) -> Path:
        wrong = sorted({"?", "\n", "\r"} & set(str(folder.absolute())))
        if wrong:
            raise ValueError(f"no database can be opened in a path with {wrong[0]!r}")
        return folder

    @field_validator("allowed_hosts")
    @classmethod
    def _are_host_names(cls, given: str) -> str:
        for name in _listed(given):
            if not _HOST_NAME.fullmatch(name) and not _is_address(name):
                host = (name.partition("//")[2] or name).partition("/")[0].partition(":")[0]
                meant = f", as {host}" if _HOST_NAME.fullmatch(host) else ""
                raise ValueError(
                    f"{name} is no host name; write the name alone, without https://, port or "
                    f"path{meant}"
                )
        return given

    @field_validator("allowed_emails")
    @classmethod
    def _are_email_addresses(cls, given: str) -> str:
        for one in _listed(given):
            if not _EMAIL.fullmatch(one):
                raise ValueError(
                    f"{one} is no email address; write ada@example.com, or *@example.com for "
                    "everybody there"
                )
        return given

    @field_validator("proxy_secret")
    @classmethod
    def _is_a_secret_for_a_header(cls, given: SecretStr | None) -> SecretStr | None:
        secret = given.get_secret_value() if given else "-" * _SHORTEST_SECRET
        if len(secret) < _SHORTEST_SECRET:
            raise ValueError(
                f"it has {len(secret)} characters; at least {_SHORTEST_SECRET} are needed, as "
                "`openssl rand -hex 32` makes them"
            )
        if not secret.isascii() or not secret.isprintable() or secret != secret.strip():
            raise ValueError("a header cannot carry it; use plain letters and digits")
        return given

    @field_validator("proxy_socket")
    @classmethod
    def _fits_a_socket(cls, path: Path | None) -> Path | None:
        if path is not None and len(str(path).encode()) > _LONGEST_SOCKET_PATH:
            raise ValueError(f"the path of a socket has {_LONGEST_SOCKET_PATH} bytes at most")
        return path

    @field_validator("user_name")
    @classmethod
    def _is_a_name(cls, given: str) -> str:
        if not given.strip() or not given.isprintable() or len(given) > 200:
            raise ValueError("a name has 1 to 200 letters and no line break")
        return given.strip()

    @field_validator("prices_usd")
    @classmethod
    def _are_prices(cls, given: dict[str, Decimal | str]) -> dict[str, Decimal | str]:
        for name, value in given.items():
            if name == "as_of":
                continue
            try:
                is_price = 0 <= Decimal(value) <= _MOST_USD
            except ArithmeticError:
                is_price = False
            if not is_price:
                raise ValueError(f"the price of {name} must be a number of dollars, 0 or more")
        return given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - fixed by pydantic-settings
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment first, then the secrets file that Streamlit reads too."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def prices(self) -> Prices:
        """The expected price of a picture of each engine: the list prices unless others are set.

        `FIBO_PRICES` is JSON such as `{"bria": 0.04, "as_of": "2026-11-01"}`.
        """
        given = {name: value for name, value in self.prices_usd.items() if name != "as_of"}
        usd = {**LIST_PRICES_USD, **given}
        return Prices(
            microusd={name: microusd(Decimal(value)) for name, value in usd.items()},
            as_of=str(self.prices_usd.get("as_of", LIST_PRICES_AS_OF)),
        )

    @property
    def configured_api_keys(self) -> str:
        """The value of `FIBO_API_KEYS`, which `core/keys/from_settings.py` explains."""
        return self.api_keys.get_secret_value() if self.api_keys else ""

    @property
    def host_names(self) -> tuple[str, ...]:
        """The names of this server besides localhost: `FIBO_ALLOWED_HOSTS`, separated by commas.

        `*.example.com` means every name below example.com.
        """
        return tuple(name.rstrip(".") for name in _listed(self.allowed_hosts))

    @property
    def proxy_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The addresses of our proxies: `FIBO_TRUSTED_PROXIES`, separated by commas.

        `none` says that there is none; an empty setting says that nobody has decided. Raises
        SettingsError for anything but an address or a network such as 10.0.0.0/8.
        """
        try:
            named = [one for one in _listed(self.trusted_proxies) if one != "none"]
            return tuple(ip_network(entry) for entry in named)
        except ValueError as failure:
            raise SettingsError(
                f"FIBO_TRUSTED_PROXIES is wrong: {failure}.",
                advice="Name addresses or networks such as 127.0.0.1 or 10.0.0.0/8.",
            ) from failure

    @property
    def tells_of_proxies(self) -> bool:
        """Whether `FIBO_TRUSTED_PROXIES` names proxies, or says that there is none."""
        return bool(_listed(self.trusted_proxies))

    def admits(self, email: str) -> bool:
        """Return whether this address may sign in.

        `FIBO_ALLOWED_EMAILS` lists addresses, separated by commas; `*@example.com` means everybody
        at example.com. Without it, everybody whom the login provider signs in may enter.
        """
        allowed = _listed(self.allowed_emails)
        domain = email.lower().rpartition("@")[2]
        return not allowed or email.lower() in allowed or f"*@{domain}" in allowed

    @property
    def secrets(self) -> list[str]:
        """Every secret among the settings, to be masked in logs."""
        given = [
            *(self.bria_api_token, self.given_database_url),
            *(self.api_keys, self.proxy_secret),
        ]
        whole = [secret.get_secret_value().strip() for secret in given if secret]
        keys = [
            part for entry in self.configured_api_keys.split(",") for part in entry.split(":")[-1:]
        ]
        addresses = [self.database_url]
        if self.trust_environment:
            addresses += getproxies().values()
        passwords = [password for one in addresses for password in _passwords_in(one)]
        return [*whole, *(key.strip() for key in keys), *passwords]

    @property
    def to_be_shared(self) -> dict[str, str]:
        """The settings that all processes of a studio must share, as text, without secrets."""
        daily = self.daily_budget_usd
        prices = sorted(self.prices.microusd.items())
        return {
            "FIBO_DAILY_BUDGET_USD": "no limit" if daily is None else f"${daily.normalize():f}",
            "FIBO_PRICES": ", ".join(f"{name} ${price / 1e6:g}" for name, price in prices),
            "FIBO_ON_UNKNOWN": self.on_unknown,
            "FIBO_RATE_PER_MINUTE": str(self.rate_per_minute),
        }

    @property
    def budgets(self) -> Budgets:
        """How much may be spent a day."""
        daily = self.daily_budget_usd
        return Budgets(daily_microusd=None if daily is None else microusd(daily))

    @property
    def database_url(self) -> str:
        """The database to use: an SQLite file in the data folder unless another URL is set."""
        if self.given_database_url is not None:
            return self.given_database_url.get_secret_value()
        return f"sqlite:///{(self.data_dir / 'fibo.sqlite').resolve()}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file that only one worker may use."""
        return self.database_url.startswith("sqlite")


def _passwords_in(address: str) -> list[str]:
    """Return the password in an address, as it is written and as it is meant."""
    try:
        password = urlsplit(address).password or ""
    except ValueError:
        password = ""  # not a valid address; whoever uses it will refuse it
    return [password, unquote(password)]


def _listed(text: str) -> list[str]:
    return [entry for part in text.split(",") if (entry := part.strip().lower())]


def _is_address(text: str) -> bool:
    try:
        ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def read_settings() -> Settings:
    """Return the settings, or raise SettingsError naming each wrong one and its legal values.

    A name that is almost that of a setting is refused as well: a misspelt budget would protect
    nobody.
    """
    advice = "Correct it in the environment or in .streamlit/secrets.toml."
    try:
        settings = Settings()
        _ = settings.proxy_networks  # raises SettingsError
    except ValidationError as failure:
        sentences = [_sentence(error) for error in failure.errors()]
        raise SettingsError(" ".join(sentences), advice=advice) from failure
    except UnreadableSettingError as failure:
        found = re.search(r'field "(\w+)"', str(failure))
        field = Settings.model_fields.get(found[1]) if found else None
        name = (field and field.alias) or "A setting"
        raise SettingsError(f"{name} cannot be read: it must be JSON.", advice=advice) from failure
    except (ValueError, OSError) as failure:
        # malformed TOML, letters that are not UTF-8, or a folder in its place
        why = (failure.strerror if isinstance(failure, OSError) else None) or str(failure)
        why = " ".join(why.split()).rstrip(".")
        raise SettingsError(
            f"The secrets file .streamlit/secrets.toml cannot be read: {why}.",
            advice="Fix or remove it.",
        ) from failure
    in_file = TomlConfigSettingsSource(Settings).toml_data
    misspelt = dict(_find_misspelt([*os.environ, *in_file]))
    if misspelt:
        sentences = [f"{name} is no setting, but {meant} is." for name, meant in misspelt.items()]
        raise SettingsError(" ".join(sentences), advice=advice)
    return settings


def _find_misspelt(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield each name that lacks the end of a setting's name or differs by a slip, with that."""
    known = [field.alias for field in Settings.model_fields.values() if field.alias]
    for name in names:
        if not name.startswith(("FIBO_", "BRIA_")) or name in known:
            continue
        begun = f"{name.rstrip('_')}_"
        meant = [one for one in known if one.startswith(begun) or is_one_slip_apart(name, one)]
        if meant:
            yield name, meant[0]


def _sentence(error: ErrorDetails) -> str:
    """Return what is wrong with a setting; the value of a secret is left out."""
    name = str(error["loc"][0])
    why = error["msg"].removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    is_secret = any(
        SecretStr in (field.annotation, *get_args(field.annotation))
        for field in Settings.model_fields.values()
        if field.alias == name
    )
    value = "wrong" if is_secret else json.dumps(error["input"], default=str)
    return f"{name} is {value}: {why}."
