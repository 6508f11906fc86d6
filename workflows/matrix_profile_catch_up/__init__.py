"""The search for matrix profile jobs whose message was lost."""
