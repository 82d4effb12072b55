"""The HTTP interface: routes, payloads, settings, the chat gateway. The only room that faces people."""
