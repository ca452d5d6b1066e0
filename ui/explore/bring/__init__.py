"""Bringing a table: a file is given, looked at, and imported."""
