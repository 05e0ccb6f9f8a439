"""``python -m cleanpress``, where the script is not on the path."""

from cleanpress.cli import main

main()
