"""What the operator wants: read once, checked as a whole, frozen.

Nothing here asks a server, and no sentence about a mistake shows a value: a secret may
have been put under the wrong key.
"""
