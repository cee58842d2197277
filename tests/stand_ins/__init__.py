"""Servers that stand in for outside providers, on loopback, for tests and trials."""
