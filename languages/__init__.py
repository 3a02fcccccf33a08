"""The product's words in Dutch, French, German and English."""

from languages.catalogues import locale_of, translate, translations

__all__ = ["locale_of", "translate", "translations"]
