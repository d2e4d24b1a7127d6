"""Nouns, errors, events and redaction: standard library only, imported by every room above."""
