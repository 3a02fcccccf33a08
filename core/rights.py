"""The four ticks of the rights matrix (S043), as a bit mask."""

from enum import IntFlag


class Right(IntFlag):
    """Kan lezen, kan bijwerken, kan schrappen, kan beveiliging aanpassen."""

    READ = 1
    UPDATE = 2
    DELETE = 4
    CHANGE_SECURITY = 8


NO_RIGHTS = Right(0)
ALL_RIGHTS = Right.READ | Right.UPDATE | Right.DELETE | Right.CHANGE_SECURITY
