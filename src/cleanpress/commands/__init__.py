"""The subcommands, a module each; ``cleanpress.cli`` imports one only when it is called."""
