"""What came of it? Figures from the log, each with its definition and its window."""
