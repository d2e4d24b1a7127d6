"""The command line: one command a file; what a command does lives in the rooms below."""
