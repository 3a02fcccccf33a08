"""The tests: sentences about the product, each true for one of the cast."""
