"""`make bench`: measures and prints; asserts only what must hold anywhere."""
