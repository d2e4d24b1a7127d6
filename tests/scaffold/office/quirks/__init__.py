"""Servers with quirks."""
