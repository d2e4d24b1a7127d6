"""A folder that goes on the path of Python programs that a cell starts, for the one module in it."""
