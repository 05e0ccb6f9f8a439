"""Names of the rules that put one character in another's place."""

VOTES = "copies"
LOOKALIKE = "look-alike"
MARK = "misread-mark"
RULES = (VOTES, LOOKALIKE, MARK)
"""In the order they run; each can be switched off."""
