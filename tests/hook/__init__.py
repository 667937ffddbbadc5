"""What Stash's plugin leaves, and who takes it."""
