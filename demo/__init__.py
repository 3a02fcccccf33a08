"""The demo world: invented people, and real files that belong to them."""
