"""What people do: reads over a whole level, and verbs in one transaction."""
