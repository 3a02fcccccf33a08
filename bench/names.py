"""The names of the bench's people: some that many bear, and some that one bears."""

from typing import Final

GIVEN: Final = (
    "Anna", "Bert", "Carla", "Dirk", "Elke", "Filip", "Greet", "Hugo", "Ilse", "Jef", "Katrien", "Lars",
    "Mia", "Noël", "Océane", "Pieter", "Quinten", "René", "Sofie", "Thérèse", "Ugo", "Veerle", "Wim",
)  # fmt: skip
FREQUENT: Final = "Peeters"
OTHERS: Final = ("Callewaert", "De Smet", "Verlinden", "Lambert", "Maes", "Claes", "Wouters", "O'Brien")
# Of these others are made: 3,400 that are about as rare as most names are.
BEGINNINGS: Final = (
    "Aer", "Bal", "Bre", "Cor", "Dael", "Der", "Els", "Eve", "Fon", "Gael", "Ghys", "Haes", "Hey", "Ingel",
    "Jans", "Kerk", "Lae", "Lin", "Meer", "Mol", "Nys", "Oost", "Pau", "Quan", "Ros", "Sas", "Schel",
    "Spin", "Stel", "Thie", "Tor", "Uyt", "Vael", "Verm", "Vin", "Wael", "Wel", "Wij", "Zand", "Zwe",
)  # fmt: skip
MIDDLES: Final = ("", "de", "en", "er", "le")
ENDINGS: Final = (
    "beke", "berg", "broeck", "camp", "donck", "ghem", "goor", "hove", "kens", "laere", "mans", "meire",
    "nel", "rode", "sele", "velde", "winkel",
)  # fmt: skip
RAREST: Final = "Ötztaler"
# One in so many bears the most frequent family name, as in Flanders, and one in so many one of a few others.
FREQUENT_IN: Final = 300
OTHER_IN: Final = 50
# Who bears the rarest name.
RAREST_NUMBER: Final = 777


def name_of(number: int) -> dict[str, str]:
    """Return the names of a person."""
    given, family = GIVEN[number % len(GIVEN)], family_of(number)
    return {"given_name": given, "family_name": family, "display_name": f"{given} {family}"}


def family_of(number: int) -> str:
    """Return the family name of a person."""
    if number == RAREST_NUMBER:
        return RAREST
    if number % FREQUENT_IN == 0:
        return FREQUENT
    if number % OTHER_IN == 0:
        return OTHERS[number // OTHER_IN % len(OTHERS)]
    beginning, rest = BEGINNINGS[number % len(BEGINNINGS)], number // len(BEGINNINGS)
    return beginning + MIDDLES[rest % len(MIDDLES)] + ENDINGS[rest // len(MIDDLES) % len(ENDINGS)]


def address_of(number: int) -> str:
    """Return the e-mail address of a person."""
    return f"person{number}@bench.example"


def register_number_of(number: int) -> str:
    """Return a national register number as it is written on a card; the last two digits check nothing."""
    digits = f"{number * 7_919 % 10**11:011}"
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-{digits[6:9]}.{digits[9:]}"
