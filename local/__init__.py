"""Runs the very same Pulumi program on this machine."""
