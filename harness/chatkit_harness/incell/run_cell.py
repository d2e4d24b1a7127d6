"""Starts the driver under `python -I`, which puts no folder of ours on the path: this file does.

`run_cell.py [--hide NAME,NAME] [LAYER ...]` is a cell, without these distributions, and with these folders
behind site-packages. `run_cell.py --node` forks cells, as the host orders on its standard input.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from chatkit_harness.incell.main import main

if __name__ == "__main__":
    main()
