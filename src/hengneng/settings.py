"""Django's settings: what differs between machines comes from the environment, nothing else.

``HENGNENG_DATABASE_URL``, ``HENGNENG_DATA_DIR``, ``HENGNENG_SECRET_KEY_FILE``, ``HENGNENG_PORT``:
ARCHITECTURE 10. The script sets the first to the embedded server's address when nobody else did.
"""

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

PACKAGE = Path(__file__).resolve().parent
ROOT = Path(os.environ.get("HENGNENG_ROOT", PACKAGE.parent.parent))
DATA_DIR = Path(os.environ.get("HENGNENG_DATA_DIR", ROOT / "var"))


def _database() -> dict[str, Any]:
    """Return Django's view of the connection string, without a default server to guess."""
    parts = conninfo_to_dict(os.environ.get("HENGNENG_DATABASE_URL", "dbname=hengneng"))
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    settings: dict[str, Any] = {name: str(parts.pop(key, "")) for key, name in known.items()}
    settings["PORT"] = str(parts.pop("port", ""))
    return settings | {
        # Django's own, with a last act before the commit for the audit entry.
        "ENGINE": "hengneng.kernel.audit.engine",
        "OPTIONS": parts,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def _secret_key() -> str:
    """Return the key file's content; ``./hengneng up`` makes the file once (kernel/files)."""
    path = Path(os.environ.get("HENGNENG_SECRET_KEY_FILE", DATA_DIR / "secret.key"))
    return path.read_text().strip() if path.exists() else "unset: run ./hengneng up first"


SECRET_KEY = _secret_key()
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DEBUG = False
ALLOWED_HOSTS = os.environ.get("HENGNENG_HOSTS", "*").split(",")
AUTH_USER_MODEL = "accounts.Account"
ROOT_URLCONF = "hengneng.web.urls"
WSGI_APPLICATION = "hengneng.web.wsgi.application"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "procrastinate.contrib.django",
    "django_cotton",
    "django_htmx",
    "hengneng.kernel.facts",
    "hengneng.kernel.audit",
    "hengneng.kernel.policy",
    "hengneng.kernel.files",
    "hengneng.kernel.personal",
    "hengneng.kernel.jobs",
    "hengneng.kernel.imports",
    "hengneng.registry.energy",
    "hengneng.registry.bodies",
    "hengneng.registry.units",
    "hengneng.registry.fuels",
    "hengneng.registry.equipment",
    "hengneng.registry.points",
    "hengneng.registry.instruments",
    "hengneng.registry.terminals",
    "hengneng.registry.declarations",
    "hengneng.people.accounts",
    "hengneng.people.views",
    "hengneng.telemetry.journal",
    "hengneng.telemetry.consumption",
    "hengneng.telemetry.lake",
    "hengneng.reporting.ledgers",
    "hengneng.programme.notices",
]

MIDDLEWARE = [
    "hengneng.web.parts.requests.RequestNumber",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

FRONTS = [PACKAGE / "web" / front for front in ("parts", "public", "portal", "desk", "boards")]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [front / "templates" for front in FRONTS],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "hengneng.web.parts.tags",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Django's sign-in form and authenticate() say "username", whatever the model calls it; without this
# axes counts every failure as that of nobody and locks nobody out.
AXES_USERNAME_FORM_FIELD = "username"
CSRF_FAILURE_VIEW = "hengneng.web.parts.errors.no_csrf_token"
AXES_LOCKOUT_CALLABLE = "hengneng.web.parts.errors.locked_out"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "sign-in"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600

# SOURCE: ARCHITECTURE 9, "Strict CSP, no inline script".
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_TZ = True
# The city's civil time; the arithmetic counts local seconds with it (telemetry, decision 0002).
TIME_ZONE = os.environ.get("HENGNENG_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# The npm packages that pages use (package.json), fetched at set-up.
ASSETS = {
    "vendor/echarts": ROOT / "node_modules" / "echarts" / "dist",
    "vendor/noto-sans-sc": ROOT / "node_modules" / "@fontsource-variable" / "noto-sans-sc",
}
STATICFILES_DIRS = [
    *(front / "static" for front in FRONTS if (front / "static").is_dir()),
    *((prefix, folder) for prefix, folder in ASSETS.items() if folder.is_dir()),
]
STATICFILES_FINDERS = [
    "hengneng.web.parts.assets.AssetFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Addresses of proxies that may name a terminal's address, scheme and client certificate.
TERMINAL_PROXIES = frozenset(filter(None, os.environ.get("HENGNENG_PROXIES", "").split(",")))
# Larger bodies are refused before they are read: ARCHITECTURE 5.1.
MESSAGE_BYTES_MAX = 4 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MESSAGE_BYTES_MAX

# A room's background entry points stand in its ``jobs.py``.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("HENGNENG_LOG_LEVEL", "WARNING")},
}
