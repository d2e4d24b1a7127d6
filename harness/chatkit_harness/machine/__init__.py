"""This machine: the folder of what may be reused, Python interpreters, uv, processes and how they end."""
