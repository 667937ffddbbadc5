"""Bugs planted in our own code: each of them has to be caught by a law."""
