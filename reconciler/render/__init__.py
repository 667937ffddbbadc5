"""What people and programs see: tables and progress, or one JSON document.

Nothing here decides or fetches; it is handed values and a stream.
"""
