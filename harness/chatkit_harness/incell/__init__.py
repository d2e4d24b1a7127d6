"""The driver: runs inside the interpreter of a cell and tells the host what it sees.

Standard library only (the server under test brings chatkit and agents), Python 3.10 syntax, and nothing
of the host side: this folder is copied, alone, onto the cell's path. It speaks JSON Lines with the host;
the messages are described by `schemas/cell-messages.schema.json`.
"""
