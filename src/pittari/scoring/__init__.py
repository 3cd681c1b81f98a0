"""How good is it here? Each module is one column."""
