"""Settings of every installation, driven by the environment.

SHOUWANG_ENV        production (the default: forgetting it must not weaken anything), demo, test
SHOUWANG_HOME       data directory: database, keys, anchors, backups (default ./var)
SHOUWANG_DATABASE_URL  postgresql://… ; without it SQLite in SHOUWANG_HOME
SHOUWANG_HOSTS      host names served, comma-separated; required in production
SHOUWANG_PROXIES    how many reverse proxies stand in front and append to X-Forwarded-For (default 0)
PASSWORD_PROFILE    dengbao (等保: composition and 90 days) or asvs (length and blocklist only)
SHOUWANG_SCREENING_DAY the day screenings are asked for unless the person names another (default: today); for a trial on
                    the data of an earlier year
SHOUWANG_CRYPTO     aes (AES-256-GCM, HMAC-SHA256) or sm (SM4-GCM, HMAC-SM3, PBKDF2-SM3)
"""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe

from csp.constants import NONE, SELF
from django.urls import reverse_lazy

from shouwang.accounts.keyring import read_or_create
from shouwang.config import environment
from shouwang.config.runtime import use_shipped_sqlite

use_shipped_sqlite()

ENV = environment.choice("SHOUWANG_ENV", "production", "demo", "test")
PRODUCTION = ENV == "production"
PLACE = environment.Place.from_environment()
SHOUWANG_ENV = ENV
SHOUWANG_HOME = PLACE.home
SHOUWANG_KEYS = PLACE.keys
SHOUWANG_ANCHORS = PLACE.home / "anchors" / "audit-anchors.jsonl"
SHOUWANG_BACKUPS = PLACE.home / "backups"
SHOUWANG_PROXIES = environment.whole_number("SHOUWANG_PROXIES", 0)
SHOUWANG_CRYPTO = environment.choice("SHOUWANG_CRYPTO", "aes", "sm")
SCREENING_DAY = environment.day("SHOUWANG_SCREENING_DAY")
SHOW_TOKENS = ENV == "demo"  # a newcomer to the trial has no authenticator program at hand
PASSWORD_PROFILE = environment.choice("PASSWORD_PROFILE", "dengbao", "asvs")

DEBUG = False  # everywhere: the debug page prints personal data
SECRET_KEY = read_or_create(PLACE.keys / "django-secret", token_urlsafe(64))
ALLOWED_HOSTS = environment.words("SHOUWANG_HOSTS")
if not ALLOWED_HOSTS:
    if PRODUCTION:
        raise environment.HostsMissing()
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if PRODUCTION else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "axes",
    "csp",
    "shouwang.web",
    "shouwang.accounts",
    "shouwang.registry",
    "shouwang.casework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shouwang.accounts.middleware.request_origin",
    "csp.middleware.CSPMiddleware",
    "shouwang.web.api.errors.only_json",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "shouwang.web.masking.masked_pages",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "shouwang.accounts.middleware.session_guard",
    "shouwang.accounts.middleware.acting_post",
    "shouwang.accounts.middleware.ObligationsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "shouwang.web.errors.SaidErrorsMiddleware",
    "shouwang.accounts.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "shouwang.config.urls"
WSGI_APPLICATION = "shouwang.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shouwang.web.context.shell",
            ]
        },
    }
]

DATABASES = {"default": environment.database(PLACE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

#: The first one keeps nothing of a request that is too large.
FILE_UPLOAD_HANDLERS = [
    "shouwang.web.uploads.LimitedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = PLACE.home / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = not PRODUCTION  # demo and tests serve the assets from where they lie, without collectstatic
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- who is who (GB/T 22239 身份鉴别) -----------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["shouwang.accounts.passwords.Argon2Hasher", "shouwang.accounts.passwords.SM3Hasher"]
if SHOUWANG_CRYPTO == "sm":
    PASSWORD_HASHERS.reverse()
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "shouwang.accounts.passwords.ProfileValidator", "OPTIONS": {"profile": PASSWORD_PROFILE}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_MAX_AGE = timedelta(days=90) if PASSWORD_PROFILE == "dengbao" else None
ACCOUNT_DORMANT_AFTER = timedelta(days=60)
LOGIN_URL = reverse_lazy("accounts:login")
LOGIN_REDIRECT_URL = reverse_lazy("web:home")
LOGOUT_REDIRECT_URL = LOGIN_URL

# Five wrong passwords for one name from one address; never by the name alone, or anyone could lock out the secretary.
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_CLIENT_IP_CALLABLE = "shouwang.accounts.origin.client_ip"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has it
OTP_LOGIN_URL = reverse_lazy("accounts:second_factor")

# --- sessions ----------------------------------------------------------------------------------------------------
SESSION_IDLE = timedelta(minutes=15)
SESSION_ABSOLUTE = timedelta(hours=8)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "shouwang.web.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

API_PER_MINUTE = 120  # calls of the machine interface by one person, all tokens together
API_WRONG_PER_MINUTE = 20  # tokens that do not hold, from one address; more are not even looked at

# --- transport and browser (GB/T 22239 通信传输, ASVS V3) ------------------------------------------------------------
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if SHOUWANG_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "shouwang.accounts.redact.RedactFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["redact"], "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's default "mail_admins" handler would send request data out of the building.
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
