"""Okta's API of a simulated org: who may ask what, and how each answer looks."""
