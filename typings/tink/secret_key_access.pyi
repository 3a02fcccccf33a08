# The token that says that clear keys are meant.

TOKEN: object
