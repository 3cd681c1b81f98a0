"""The editors' desk: what goes out next, why, and what an editor may change."""
