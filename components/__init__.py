"""The infrastructure: Pulumi components, one per file. `__main__.py` declares and connects them."""
