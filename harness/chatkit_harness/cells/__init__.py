"""The process that a cell is: started by itself or forked, and the conversation with it.

`payload` is what it runs, `worker` speaks with it, `forks` makes many of one.
"""
