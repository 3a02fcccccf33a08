"""Who may see and do what: said once."""
