"""Every setting of an installation, typed and in one place; ``SONGHE_<NAME>`` in the environment sets it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from songhe.flow import APPS

ROOT = Path(__file__).resolve().parent.parent


class Installation(BaseSettings):
    """What an operator decides. ``songhe doctor`` prints the table with where each value came from."""

    model_config = SettingsConfigDict(env_prefix="SONGHE_", extra="ignore")

    home: Path = Field(default=ROOT / "var", description="Folder for the database, keys and files")
    database_url: str = Field(default="", description="postgresql://… or sqlite:///…; empty: SQLite under home")
    policies: Path = Field(default=ROOT / "policies", description="Folder of the policy packs")
    secret_key: SecretStr = Field(default=SecretStr(""), description="Signs sessions; empty: made once under home/keys")
    id_number_key: SecretStr = Field(
        default=SecretStr(""), description="64 hex digits: encrypts ID numbers; empty: made once under home/keys"
    )
    hosts: list[str] = Field(default=["127.0.0.1", "localhost"], description="Host names the web answers to")
    https: bool = Field(default=False, description="Behind TLS: secure cookies and strict transport")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="Least level logged")
    bank: str = Field(
        default="songhe.outside.bank.sandbox.SandboxBank", description="Adapter behind the bank's port (docs/ports)"
    )
    second_factor: Literal["required", "optional"] = Field(
        default="required", description="Whether staff sign in with a second factor (practice accounts may without)"
    )
    messenger: str = Field(
        default="songhe.outside.sms.sandbox.SandboxMessenger",
        description="Adapter that carries texts and calls (docs/ports/sms.md)",
    )
    identifier: str = Field(
        default="songhe.outside.identity.sandbox.SandboxIdentifier",
        description="Adapter that says whether a name and an ID number belong together (docs/ports/identity.md)",
    )
    payments: str = Field(
        default="songhe.outside.payment.sandbox.SandboxPayments",
        description="Adapter behind the payment service's port, for top-ups of love cards (docs/ports/payment.md)",
    )
    faces: str = Field(
        default="songhe.outside.face.sandbox.SandboxFaces",
        description="Adapter behind the face service's port, for paying by face (docs/ports/face.md)",
    )
    face_permille: int = Field(
        default=950,
        ge=500,
        le=1000,
        description="How sure the face service has to be, in thousandths, before a card pays",
    )
    reveals_per_hour: int = Field(default=30, description="Whole numbers that one person may look at in an hour")
    wrong_names_per_day: int = Field(
        default=5, description="Wrong names or ID numbers that one login may give in a day when it binds an elder"
    )
    tianditu_key: str = Field(
        default="", description="Key of the Tianditu map service for the public directory; empty: our own outline only"
    )
    map_approval_no: str = Field(
        default="", description="Number of the map's approval (审图号), printed on it; without it Tianditu is not shown"
    )
    wall_screen_days: int = Field(
        default=90, description="Days for which a big screen stays signed in; it opens nothing but its figures"
    )
    keep_counts: bool = Field(
        default=True, description="Whether figures that took long to count are kept for a while (60 times as long)"
    )
    download_hours: int = Field(default=168, description="Hours for which a finished list can be fetched")
    download_hours_whole: int = Field(
        default=24, description="The same for lists with whole ID numbers, which lie about for as short as possible"
    )
    database_pool: int = Field(default=0, description="PostgreSQL connections kept per process; 0: one per thread")
    database_prepare: int = Field(
        default=5,
        description="How often PostgreSQL is asked a question of the hot path before it keeps its plan; 0: never, "
        "for poolers that lose prepared statements",
    )


INSTALLATION = Installation()


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's settings for a database URL; SQLite is tuned to be durable and to take its write lock at BEGIN."""
    if not url:
        url = f"sqlite:///{home / 'songhe.sqlite3'}"
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        name = unquote(parts.path[1:]) if parts.path.startswith("//") or parts.netloc == "" else parts.path
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name or ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                # TRUNCATE: the write-ahead log of SQLite before 3.51.3 can lose committed writes.
                # recursive_triggers: else INSERT OR REPLACE deletes without asking the triggers that refuse.
                "init_command": "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA cache_spill=OFF; "
                "PRAGMA recursive_triggers=ON;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        options.setdefault("options", "-c timezone=UTC -c lock_timeout=10s")
        options["prepare_threshold"] = INSTALLATION.database_prepare or None
        if INSTALLATION.database_pool:
            options["pool"] = {"min_size": 1, "max_size": INSTALLATION.database_pool}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 0 if INSTALLATION.database_pool else None,
            "OPTIONS": options,
        }
    raise ValueError(f"SONGHE_DATABASE_URL must begin with sqlite:/// or postgresql://, not {parts.scheme!r}")


def kept_secret(given: SecretStr, name: str, length: int) -> str:
    """The secret as set, else the one kept outside the database under ``home/keys``, made at first use."""
    if given.get_secret_value():
        return given.get_secret_value()
    path = INSTALLATION.home / "keys" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = os.urandom(length).hex()
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(made)
            return made
    return path.read_text().strip()


SECRET_KEY = kept_secret(INSTALLATION.secret_key, "secret-key", 48)
ID_NUMBER_KEY = kept_secret(INSTALLATION.id_number_key, "id-number-key", 32)
DEBUG = False
ALLOWED_HOSTS = INSTALLATION.hosts
DATABASES = {"default": database(INSTALLATION.database_url, INSTALLATION.home)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.Account"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    *APPS,
    "songhe.doors.shell",
    "songhe.doors.public",
    "songhe.doors.elder",
    "songhe.doors.assessor",
    "songhe.doors.provider",
    "songhe.doors.staff",
    "songhe.doors.audit",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "songhe.doors.shell.request.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "songhe.urls"
WSGI_APPLICATION = "songhe.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "songhe.doors.shell.context.shell",
            ],
        },
    }
]

#: The one outside address that pages may fetch pictures from, and only where an operator has chosen it.
TILES = ["https://*.tianditu.gov.cn"] if INSTALLATION.tianditu_key and INSTALLATION.map_approval_no else []

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # 'wasm-unsafe-eval' lets the reader of QR codes start; it allows no script of a page's own making.
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *TILES],
        "worker-src": [SELF],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Longer than the eight hours that anybody may stay signed in: who comes later is told so, and keeps what was typed.
SESSION_COOKIE_AGE = 12 * 3600
SECOND_FACTOR = INSTALLATION.second_factor
CSRF_FAILURE_VIEW = "songhe.doors.shell.kept.too_old"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = INSTALLATION.https
SECURE_HSTS_SECONDS = 31_536_000 if INSTALLATION.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if INSTALLATION.https else None
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/staff/"

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "songhe" / "doors" / "shell" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = INSTALLATION.home / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = INSTALLATION.home / "files"
WALL_SCREEN_DAYS = INSTALLATION.wall_screen_days
DOWNLOAD_HOURS = INSTALLATION.download_hours
DOWNLOAD_HOURS_WHOLE = INSTALLATION.download_hours_whole
MESSENGER = INSTALLATION.messenger
IDENTIFIER = INSTALLATION.identifier
PAYMENTS = INSTALLATION.payments
FACES = INSTALLATION.faces
FACE_PERMILLE = INSTALLATION.face_permille
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "songhe": {"level": INSTALLATION.log_level},
        # Our own line for each request names the route; Django's names the address, which may name a case.
        "django.request": {"level": "CRITICAL"},
        "fido2": {"level": "WARNING"},
    },
}
