"""Settings, from the environment alone (12-factor). `.env.example` lists every name."""

from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab

from guardrails_portal.environment import MANIFEST_STORAGE, read_environment

BASE_DIR = Path(__file__).resolve().parent.parent
environment = read_environment()

SECRET_KEY = environment.secret_key
SECRET_KEY_FALLBACKS = environment.secret_key_fallbacks
DEBUG = environment.debug
ALLOWED_HOSTS = environment.allowed_hosts
CSRF_TRUSTED_ORIGINS = environment.csrf_trusted_origins

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "guardrails_portal",
    "guardrails_portal.people",
    "accounts",
    "policies",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "guardrails_portal.middleware.plain_path",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guardrails_portal.middleware.visitor_address",
    "guardrails_portal.middleware.request_log",
    "guardrails_portal.middleware.content_security_policy",
    "guardrails_portal.mounting.organization_in_address",
    "guardrails_portal.moments.moment_in_address",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "guardrails_portal.middleware.one_direction",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Everything needs a log-in but what says otherwise (the log-in page, health).
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "guardrails_portal.people.middleware.own_password_first",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "guardrails_portal.urls"
WSGI_APPLICATION = "guardrails_portal.wsgi.application"

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
                "policies.views.shell.shell",
            ],
        },
    },
]

DATABASES = {"default": environment.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": environment.cache_url,
    }
    if environment.cache_url
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    # First: whoever is locked out is asked no further.
    "axes.backends.AxesStandaloneBackend",
    "guardrails_portal.people.sign_in.backend.PasswordBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    # Reads what another one wrote, and writes it again with the first at the next log-in.
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "email"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "policies:overview"
LOGOUT_REDIRECT_URL = "login"

# Five wrong passwords for a name shut it for a quarter of an hour. By name and not by address:
# behind a proxy, or in an office, an address is many people.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_CALLABLE = "guardrails_portal.people.sign_in.backend.attempted_name"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# The audit log has it.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = [
    # Its middleware answers with a bare page; the log-in form itself says that the name is shut.
    "axes.W002",
    # It fears that a changing browser or cookie opens the lock: the name alone locks here.
    "axes.W006",
    # Whether an index can carry further columns, and a row what is made of its others: PostgreSQL's
    # can, of no database it says not.
    "models.W040",
    "fields.E220",
    "fields.E222",
]

ACCOUNT_ADAPTER = "guardrails_portal.people.sign_in.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    # Of second factors, above all: passwords are axes' matter, which is stricter.
    "login_failed": "10/10m/key",
    "reauthenticate": "10/m/user",
}

MFA_ADAPTER = "guardrails_portal.people.sign_in.second_factor.SecondFactorAdapter"
MFA_TOTP_ISSUER = "Guardrails Portal"
MFA_RECOVERY_CODES_SHOW_ONCE = True

SOCIALACCOUNT_ADAPTER = "guardrails_portal.people.sign_in.single_sign_on.SingleSignOnAdapter"
# A link, since `form-action 'self'` stops a form that is led to the provider. What log-in by a
# link could be misused for, the provider's `state` prevents.
SOCIALACCOUNT_LOGIN_ON_GET = True
OIDC_GROUPS_CLAIM = environment.oidc.groups_claim
# By role: the provider's groups whose members have it.
OIDC_GROUPS = environment.oidc.groups
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": environment.oidc.name,
                "client_id": environment.oidc.client_id,
                "secret": environment.oidc.client_secret,
                "settings": {
                    "server_url": environment.oidc.issuer,
                    "scope": environment.oidc.scopes,
                },
            }
        ]
        if environment.oidc.issuer
        else [],
    }
}

SECURE_SSL_REDIRECT = environment.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.https else None
SECURE_HSTS_SECONDS = 31_536_000 if environment.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = environment.https
SECURE_HSTS_PRELOAD = environment.https
# A health check comes from inside, by plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
# A browser takes `__Host-` from this very host by HTTPS alone: no sister site can plant it.
SESSION_COOKIE_NAME = "__Host-sessionid" if environment.https else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if environment.https else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = environment.https
CSRF_COOKIE_SECURE = environment.https
SESSION_COOKIE_AGE = 12 * 60 * 60

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False

# Absolute: an organization or a moment in the address is no part of it.
STATIC_URL = "/static/"
# Nowhere, where `collectstatic` has not run (the demo, the tests): WhiteNoise would miss it.
STATIC_ROOT = BASE_DIR / "staticfiles" if environment.static_storage == MANIFEST_STORAGE else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": environment.static_storage},
}
WHITENOISE_USE_FINDERS = STATIC_ROOT is None

# From the start of one crawl to that of the next, where a connection says nothing else.
CRAWL_INTERVAL = environment.crawl_interval
# Part of AWS's request rates that a crawl may use.
CRAWL_RATE_SHARE = environment.crawl_rate_share
# A role to assume from the ambient credentials; empty for none.
CRAWL_ROLE_ARN = environment.crawl_role_arn
CRAWL_EXTERNAL_ID = environment.crawl_external_id

# For how many days it can be asked what the posture was; totals are kept for ever.
HISTORY_DAYS = environment.history_days
# Where people reach the portal, for links in what is sent; empty where it is not said.
PORTAL_URL = environment.delivery.portal_url
EMAIL_BACKEND = environment.delivery.email["EMAIL_BACKEND"]
EMAIL_HOST = environment.delivery.email.get("EMAIL_HOST", "")
EMAIL_PORT = environment.delivery.email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = environment.delivery.email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = environment.delivery.email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = environment.delivery.email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = environment.delivery.email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = environment.delivery.email_from
ANYMAIL = environment.delivery.anymail
# Networks, besides the internet, that webhooks and chats may be in.
DELIVERY_ALLOWED_NETWORKS = environment.delivery.allowed_networks
# So long reports are kept.
REPORT_DAYS = environment.delivery.report_days

HEARTBEAT_INTERVAL = timedelta(minutes=1)
CELERY_BROKER_URL = environment.broker_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {
        "task": "guardrails_portal.tasks.heartbeat",
        "schedule": HEARTBEAT_INTERVAL.total_seconds(),
        # Signs of life that waited for a worker say nothing.
        "options": {"expires": HEARTBEAT_INTERVAL.total_seconds()},
    },
    "clear-expired-sessions": {
        "task": "guardrails_portal.tasks.clear_expired_sessions",
        "schedule": timedelta(days=1).total_seconds(),
    },
    "crawl-organizations": {
        "task": "policies.tasks.crawl_due_organizations",
        # The rows say what is due: a beat that is late or missing spoils nothing.
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "forget-history": {
        "task": "policies.tasks.forget_history",
        "schedule": crontab(hour="3", minute="17"),
    },
    "send-due-reports": {"task": "policies.report_tasks.send_due_reports", "schedule": 60.0},
    "delete-old-reports": {
        "task": "policies.report_tasks.delete_old_reports",
        "schedule": crontab(hour="3", minute="41"),
    },
}

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["guardrails_portal.people.api.HasPermission"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one also says how to log in: 401 with `WWW-Authenticate: Bearer`.
        "guardrails_portal.people.api.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.PortalSchema",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttling.TokenThrottle"],
    # By `throttle_scope` of the views; each token has its own.
    "DEFAULT_THROTTLE_RATES": {"api": "600/min", "assess": "30/min"},
    "EXCEPTION_HANDLER": "accounts.api.problems.problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Guardrails Portal",
    "DESCRIPTION": "Which accounts of an AWS organization lack each guardrail, and why.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "list", "tryItOutEnabled": True},
    "SERVE_PERMISSIONS": REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"],
    "PREPROCESSING_HOOKS": ["accounts.api.routing.each_once"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enum_id_removal",
        "accounts.api.schema.with_components",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{levelname}{name}{message}",
            "style": "{",
            "rename_fields": {"levelname": "level", "name": "logger"},
            # When, as ISO 8601 in UTC.
            "timestamp": "at",
        },
    },
    "filters": {"context": {"()": "accounts.log_context.WithContext"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": environment.log_format,
            "filters": ["context"],
        }
    },
    "root": {"handlers": ["stderr"], "level": environment.log_level},
    # It tells at each start where it found credentials.
    "loggers": {"botocore": {"level": "WARNING"}, "axes": {"level": "WARNING"}},
}

if environment.sentry_dsn:
    import sentry_sdk

    sentry_sdk.init(
        dsn=environment.sentry_dsn,
        # Neither people nor what a request held: errors, and where in the code.
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
    )
