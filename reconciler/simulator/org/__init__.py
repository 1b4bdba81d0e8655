"""What an Okta org remembers, its verbs by subject, and what it does by itself."""
