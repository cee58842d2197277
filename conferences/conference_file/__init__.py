"""Conferences as files: YAML or JSON, read back to the same conference."""
