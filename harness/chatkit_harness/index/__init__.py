"""What exists: the projects of a package index, their releases, and what those declare."""
