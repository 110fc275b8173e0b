"""Streams: subscriptions over WebSockets, Server-Sent Events and multipart responses."""
