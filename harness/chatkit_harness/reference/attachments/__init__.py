"""Files that users attach to their messages: kept on disk, judged by their content, seen by their owner.

`store.py` is what chatkit calls, `routes.py` where files come in and go out, `convert.py` how the model gets
to see them. Pillow, puremagic and python-multipart are needed once a file arrives, and not before.
"""
