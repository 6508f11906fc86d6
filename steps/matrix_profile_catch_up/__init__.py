"""Jobs whose message is gone: found and handed over again."""
