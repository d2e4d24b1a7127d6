"""Tells whether a set of dependency versions of a ChatKit server works, by driving conversations."""

__version__ = "0.1.0"
