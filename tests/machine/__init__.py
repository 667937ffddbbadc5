"""One cruel machine over the whole engine, and an oracle that keeps its own count."""
