"""`python -m chatkit_harness` is the command line."""

from chatkit_harness.cli.main import main

if __name__ == "__main__":
    main()
