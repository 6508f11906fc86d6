"""This checkout: its folders, pinned versions and ``.env``."""
