"""A Plex Media Server as far as a metadata writer can tell; doubt is in `switches`."""
