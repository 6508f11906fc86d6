"""Jobs whose message is gone: found and resubmitted."""
