"""What could be offered to somebody who does not own it? How stickers do, and where they lie."""
