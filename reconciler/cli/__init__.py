"""The commands: they parse, call and show, and turn what happened into an exit code."""
