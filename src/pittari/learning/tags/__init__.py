"""Which words does a sticker answer to? Learned from what is told of it, and widened."""
