"""The whole of it against servers that are really there; see CONTRIBUTING.md."""
