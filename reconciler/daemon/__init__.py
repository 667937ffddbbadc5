"""`plexsync run`: wakes, does what is owed, sleeps; stops and starts without loss.

One thread keeps the time and hears signals, another does the work and has the ledger.
"""
