"""A Kandji tenant: its SCIM server with its ways, its REST API, its budgets, and an admin's hands."""
