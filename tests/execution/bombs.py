"""Documents that double with every fragment: small as a text, endless when spread out."""

from typing import Final


def bomb(fragments: int, spreads: str = "...{0} ...{0}") -> str:
    """Return a document whose fragments each spread the next one twice."""
    names = [f"fragment F{it} on Query {{{spreads.format(f'F{it + 1}')}}}" for it in range(fragments)]
    return f"{{...F0}} {' '.join(names)} fragment F{fragments} on Query {{name}}"


BOMBS: Final = {
    "bare": "...{0} ...{0}",
    "grouped": "... {{...{0}}} ... on Query {{...{0}}}",
    "by aliases": "a: self {{...{0}}} b: self {{...{0}}}",
}
