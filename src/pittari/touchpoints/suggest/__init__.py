"""Suggest: stickers for what somebody types, from the person's own packages and a few others."""
