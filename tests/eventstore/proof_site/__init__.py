"""The site with one process more, for the proofs that need a real worker.

Apart from `proofs`, which wants Django to be ready when it is imported.
"""
