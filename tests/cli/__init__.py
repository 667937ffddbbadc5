"""The commands, as people and programs run them."""
