"""`python -m coldbyte` is the command `coldbyte`."""

import sys

from coldbyte.cli import main

if __name__ == "__main__":
    sys.exit(main())
