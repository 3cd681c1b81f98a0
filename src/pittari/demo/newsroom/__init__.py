"""A made-up newsroom: towns of no map, headlines in two languages, readers and editors."""
