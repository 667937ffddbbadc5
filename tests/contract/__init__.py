"""What the doubles and the real servers have in common: one suite for both."""
