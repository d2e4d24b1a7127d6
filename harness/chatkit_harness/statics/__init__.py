"""What one release's source needs of another, told by reading it alone: nothing is imported, nothing runs.

It stands beside a driven verdict, never instead of it: what it tells is true, what it does not see it
does not tell.
"""
