"""Starts Django in this process, once: everything it needs to be told is told here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django
from django.conf import settings

TOKEN = "s3cret-of-this-test"
HOST = "tenant.api.kandji.io"
BASE = f"https://{HOST}/api/v1/scim"


def let_in(get_response: Any) -> Any:
    """A middleware: who brings the token is somebody."""

    def answering(request: Any) -> Any:
        known = request.headers.get("Authorization") == f"Bearer {TOKEN}"
        request.user = SimpleNamespace(is_authenticated=known, is_anonymous=not known)
        return get_response(request)

    return answering


@cache
def application(folder: Path) -> Any:
    """The WSGI application, with a new database in `folder`. Django can be told its settings once in a process."""
    settings.configure(
        ALLOWED_HOSTS=[HOST],
        AUTH_USER_MODEL="django_tenant.Person",
        DATABASES={"default": _database(folder / "people.sqlite3")},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_scim", "tests.django_tenant"],
        MIDDLEWARE=["tests.django_tenant.server.let_in", "django_scim.middleware.SCIMAuthCheckMiddleware"],
        ROOT_URLCONF="tests.django_tenant.urls",
        SCIM_SERVICE_PROVIDER={
            "NETLOC": HOST,
            "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "bearer"}],
            "GROUP_MODEL": "tests.django_tenant.models.Group",
        },
        SECRET_KEY="of this test",
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", run_syncdb=True, verbosity=0)
    return get_wsgi_application()


def _database(path: Path) -> dict[str, Any]:
    """Nothing in it outlives the tests, so nothing needs to be safe on the disk."""
    quick = {"init_command": "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY;"}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": quick}


def forget_everybody() -> None:
    """Empties the database; ids count on."""
    from tests.django_tenant.models import Group, Person

    Person.objects.all().delete()
    Group.objects.all().delete()
