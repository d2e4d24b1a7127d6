"""Examines an environment in which ChatKit cannot be imported, or fails: the cause and the cure.

Everything here is standard library only and runs on Python 3.8 and later, because all of it but `build.py`
goes into the single-file form, which is carried into environments where nothing can be installed.
"""
