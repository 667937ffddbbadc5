"""plexsync: makes Plex say what Stash says."""

__version__ = "0.1.0.dev0"
