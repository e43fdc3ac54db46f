"""Code without rules of the shop: AWS clients, tables, streams, HTTP, dead letters, JSON, time and logs."""
