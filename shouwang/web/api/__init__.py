"""The machine interface: the same queries and actions as JSON, described by OpenAPI."""
