"""Scenes that nobody would write, and what is stated of them."""
