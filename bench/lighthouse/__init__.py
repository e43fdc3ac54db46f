"""Lighthouse audits of the signed-in pages, in a local system that is started for the audits."""
