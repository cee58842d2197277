"""A small domain with read models of every sort; no app of the site knows it."""
