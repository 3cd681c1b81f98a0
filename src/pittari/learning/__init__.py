"""From rows to parameters: each room writes the table that serving reads under its name."""
