"""Salutations: which form of address a title calls for (S032)."""

from core.folding import fold

# Titles as advisors type them, in any language, whatever the language of the letter.
MEN = frozenset(
    {"mr", "mister", "sir", "heer", "de heer", "dhr", "mijnheer", "meneer", "m", "monsieur", "herr"}
)
WOMEN = frozenset(
    {"mrs", "ms", "miss", "mevrouw", "mevr", "mw", "mme", "mlle", "madame", "mademoiselle", "frau"}
)


def form_of_address(title: str | None, given_name: str | None, family_name: str | None) -> str:
    """Return `mr`, `mrs`, `first_name` where the title does not say (A27), or `unknown` without one."""
    bare = fold(title or "").replace(".", "")
    if family_name and bare in MEN:
        return "mr"
    if family_name and bare in WOMEN:
        return "mrs"
    return "first_name" if given_name else "unknown"
