"""Who somebody is: passwords, sessions, keys and signed addresses."""
