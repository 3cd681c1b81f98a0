"""So that `python -m pittari` is the command `pittari`."""

from pittari.cli import main

if __name__ == "__main__":
    main()
