"""The memory of the café: tables and every SQL statement; functions of a connection that return core values."""
