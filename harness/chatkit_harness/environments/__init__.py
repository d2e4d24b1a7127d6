"""Where pins are installed: an environment a cell, or layers that stacks link to.

`environment` is the plain way; `layers` install each release once, and `stack` puts them together.
"""
