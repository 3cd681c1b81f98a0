"""May it be shown? Each module is one kind of no."""
