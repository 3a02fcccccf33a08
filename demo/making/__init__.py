"""How the demo's files are drawn and written: development only, the running server reads what was made."""
