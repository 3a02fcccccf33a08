"""The GraphQL words: types, inputs and fields; what they do is said by the resolvers."""

from schema.build import build, sdl

__all__ = ["build", "sdl"]
