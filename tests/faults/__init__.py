"""What faults cost: each alone, and many at once."""
