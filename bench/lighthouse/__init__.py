"""Lighthouse over the signed-in pages of a system of its own."""
