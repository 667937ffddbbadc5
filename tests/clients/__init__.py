"""Each client against doubles: one row per foreign failure, our class and sentence."""
