"""What could it be? Each module is one answer, written as columns."""
