"""Where Kandji has its SCIM server."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("api/v1/scim/", include("django_scim.urls", namespace="scim"))]
