"""Passes over both doubles, in process: the laws of docs/design.md."""
