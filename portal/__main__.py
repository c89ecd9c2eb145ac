"""Where the command begins. What is imported stays as long as the process, so the collector looks at it neither meanwhile
nor at the end: that took a quarter of every command."""

import gc

gc.disable()

from portal.cli import main  # noqa: E402 - nothing of it may come before

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main()
