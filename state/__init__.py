"""The ledger: one SQLite file that takes values and hands out frozen records."""
