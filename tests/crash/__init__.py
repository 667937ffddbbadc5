"""What a crash leaves behind: nothing lost, nothing doubled, undo whole."""
