"""The ground floor: clock, errors, tokens and the words every floor shares; standard library only."""
