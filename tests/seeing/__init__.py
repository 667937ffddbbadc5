"""Every operation of Stash, and what Plex says of it how soon; see docs/design.md."""
