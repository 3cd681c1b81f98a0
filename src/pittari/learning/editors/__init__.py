"""How editors choose, learned from the line-ups they made."""
