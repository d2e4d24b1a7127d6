"""How dry the beds are."""
