"""One pass: observe Stash, plan, record, deliver.

A sequence without decisions: those are the core's.
"""
