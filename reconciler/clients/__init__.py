"""Adapters to the two servers: foreign types and foreign exceptions stop here."""
