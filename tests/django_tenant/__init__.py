"""A SCIM server that is none of ours: PyPI django-scim2 under Kandji's prefix, with a database of its own."""
