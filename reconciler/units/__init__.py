"""The units that systemd runs plexsync by: read, fitted to a place, put there."""
