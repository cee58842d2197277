"""Bank transfers: the code to pay them by, and finding out who paid what.

`camt053` and `statement_csv` read statements, `matching` decides what a transfer pays
(pure), `statements` stores them, `deciding` carries out what was decided.
"""
