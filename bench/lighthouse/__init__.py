"""Lighthouse audits of the signed-in pages, in a system of its own."""
