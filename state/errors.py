"""Why a state cannot be used; each says what, where, and what to do next."""


class StateError(Exception):
    """The file or its folder cannot be used."""


class HeldError(StateError):
    """Another process holds it."""
