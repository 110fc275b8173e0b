"""The door: HTTP and sockets, who is calling, and how often."""
