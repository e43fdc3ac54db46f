"""The infrastructure: one Pulumi component a file. `__main__.py` puts them together."""
