"""People and groups as django-scim2's documentation has them: Django's own, with the attributes of SCIM mixed in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class Group(AbstractSCIMGroupMixin):
    """A group; its members are its `user_set`."""

    name = models.CharField(max_length=200)


class Person(AbstractSCIMUserMixin, AbstractUser):
    """A user of the SCIM server."""

    scim_groups = models.ManyToManyField(Group, related_name="user_set")
