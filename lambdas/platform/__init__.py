"""Code that knows no shop: AWS clients, tables, streams, HTTP, dead letters, JSON, time and the log."""
