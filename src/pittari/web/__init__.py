"""The HTTP door: the API, its description, and the pages."""
