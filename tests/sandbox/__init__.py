"""A Stash and a Plex that speak HTTP, as unforgiving as what is known of them."""
