"""The only settings module. It reads the environment; importing it starts nothing.

Three modes: `production` (the default: nothing works without its secrets), `demo`
(written into DEMO_DIR/demo.env by the demo command) and `test`.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from conference_site import payment_settings as paying
from conference_site import throttle_rules
from conference_site.environment import Environment
from conference_site.event_keys import event_keys

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# Mode: what the demo wrote down lets manage.py reach the running demo by itself.
DEMO_DIR = Path(env.str("DEMO_DIR", default=str(BASE_DIR / ".demo"))).resolve()
if "SITE_MODE" not in env.ENVIRON and "SECRET_KEY" not in env.ENVIRON:
    env.read_env(str(DEMO_DIR / "demo.env"))
SITE_MODE = env.str("SITE_MODE", default="production")
if SITE_MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("SITE_MODE must be production, demo or test.")
IN_PRODUCTION = SITE_MODE == "production"

# Secrets
SECRET_KEY = env.str("SECRET_KEY", default="")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "SECRET_KEY is missing or shorter than 50 characters. Set it in the"
        " environment. To make one: python -c"
        " 'import secrets; print(secrets.token_urlsafe(50))'."
    )
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
EVENT_DIGEST_KEY, PERSONAL_DATA_KEYS = event_keys(
    env, substitute="" if IN_PRODUCTION else SECRET_KEY
)
# Checkpoints of the history and erasures: outside the database and its backups
LEDGER_HOME = BASE_DIR if IN_PRODUCTION else DEMO_DIR
EVENT_LEDGER = Path(env.str("EVENT_LEDGER", default=str(LEDGER_HOME / "ledger")))

DEBUG = False
HERE = "" if IN_PRODUCTION else "http://localhost:8000"
BASE_URL = env.str("BASE_URL", default=HERE).rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    default=[] if IN_PRODUCTION else ["localhost", "127.0.0.1", "[::1]"],
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Applications: eventstore before registrations, so that projectors hear first
INSTALLED_APPS = [
    "conference_site.apps.ConferenceSiteConfig",
    "eventstore.apps.EventstoreConfig",
    "conferences.apps.ConferencesConfig",
    "payments.apps.PaymentsConfig",
    "registrations.apps.RegistrationsConfig",
    "conference_site.apps.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_q",
    "django_htmx",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "conference_site.middleware.HostileInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "conference_site.middleware.RequestContextMiddleware",
    "conference_site.middleware.ThrottleMiddleware",
]

ROOT_URLCONF = "conference_site.urls"
WSGI_APPLICATION = "conference_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Database: persistent connections; no pool, because django-q2 forks
DATABASES = {"default": env.database("DATABASE_URL", is_needed=IN_PRODUCTION)}
DATABASES["default"] |= {
    "ENGINE": "conference_site.postgresql",
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": 3,
    "options": " ".join(
        f"-c {name}={value}"
        for name, value in {
            "lock_timeout": "3s",
            "statement_timeout": env.str("STATEMENT_TIMEOUT", default="10s"),
            "idle_in_transaction_session_timeout": "15s",
        }.items()
    ),
}

# Tasks: the queue is a table of the same database, so a task commits with its cause
TASK_RETRY_SECONDS = env.int("TASK_RETRY_SECONDS", default=60)
Q_CLUSTER = {
    "name": "conference",
    "orm": "default",
    "broker_class": "eventstore.q.Broker",
    "workers": env.int("TASK_WORKERS", default=2),
    # A task in the hands of a killed worker comes back after `retry` seconds.
    "retry": TASK_RETRY_SECONDS,
    "timeout": TASK_RETRY_SECONDS // 2,
    "max_attempts": 5,
    # A task that failed is tried again; each decides by a row whether it acts twice.
    "ack_failures": False,
    "save_limit": -1,
    "bulk": 10,
    "poll": 0.2,
    "catch_up": False,
    "label": "Tasks",
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    }
}

# People and sessions
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{VALIDATION}.UserAttributeSimilarityValidator"},
    {
        "NAME": f"{VALIDATION}.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": f"{VALIDATION}.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "conference_site.views.csrf_failure"

# Language, time and static files
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "conference_site" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if SITE_MODE != "test"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Mail
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default="django.core.mail.backends.smtp.EmailBackend"
    if IN_PRODUCTION
    else "django.core.mail.backends.console.EmailBackend",
)
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="conferences@localhost")

# Security
SECURE_SSL_REDIRECT = IN_PRODUCTION and env.bool("SECURE_SSL_REDIRECT", default=True)
# Asked inside the network, without TLS
SECURE_REDIRECT_EXEMPT = ["^live$", "^ready$", "^metrics$"]
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IN_PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if IN_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IN_PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https")
    if env.bool("BEHIND_PROXY", default=False)
    else None
)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

THROTTLES = throttle_rules.rules(
    orders_per_minute=env.int("ORDERS_PER_MINUTE", default=0)
)

# The domain
HOLD_SECONDS = env.int("HOLD_SECONDS", default=0) or None
if IN_PRODUCTION and HOLD_SECONDS:
    raise ImproperlyConfigured("HOLD_SECONDS is for trying things out: unset it here.")
PAYMENT_PROVIDERS = paying.providers(env, in_production=IN_PRODUCTION)
SANDBOX_FAILS, PAYMENT_CALLBACK_KEY = paying.sandbox(env, substitute=SECRET_KEY)
STRIPE_API_KEY, STRIPE_WEBHOOK_SECRETS = paying.stripe_secrets(env)
STRIPE_API_BASE, STRIPE_TIMEOUT = paying.stripe_connection(env)
PAGES = paying.pages(PAYMENT_PROVIDERS, stripe_api_base=STRIPE_API_BASE)
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += PAGES

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "registrations.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Conference API",
    "DESCRIPTION": "Conferences, orders, payments and seats. Refusals are problems"
    " (RFC 9457); repeat a POST safely with an Idempotency-Key.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SORT_OPERATIONS": False,
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "registrations.api.serializers.order.STATUSES",
        "PaymentStatus": "registrations.api.serializers.payment.STATUSES",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "conference_site.log_lines.LineFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.log_level("LOG_LEVEL")},
    # Both write lines for every call, and what they ask for is nobody else's.
    "loggers": {
        "stripe": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}
