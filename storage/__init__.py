"""The storage floor: the bytes of documents, their names and their types; it knows only core."""
