"""The tests of plexsync: assertions on the state of the world after, never on calls."""
