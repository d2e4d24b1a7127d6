"""A guide through a small museum: its hours, what it shows, and its tickets."""
