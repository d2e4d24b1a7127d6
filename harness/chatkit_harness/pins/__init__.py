"""Which versions a cell gets: asked of a resolver, shared among pairs, or read from a lock file.

`choice` asks uv one question, `resolve` answers for one cell, `shared_locks` for thousands.
"""
