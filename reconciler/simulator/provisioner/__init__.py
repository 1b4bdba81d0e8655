"""What Okta sends to the SCIM server, when, and how it fails."""
