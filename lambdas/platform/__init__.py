"""Nothing about a shop: AWS clients, tables, HTTP, dead letters, JSON, time and the log."""
