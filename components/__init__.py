"""The infrastructure: one Pulumi component a file, put together by `__main__.py`."""
