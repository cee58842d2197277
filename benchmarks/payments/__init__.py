"""How long providers wait for the answer to a callback."""
