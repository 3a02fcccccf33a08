"""The mail floor: what a letter says, the outbox it waits in, and the way to the mail server."""
