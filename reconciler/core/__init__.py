"""Values in, values out: no I/O, no clock, no logging, no third party."""
