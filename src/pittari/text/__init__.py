"""Japanese and English text as people type it: pure functions, the same on server and device."""
