"""The workflow that keeps an event for which none could be started."""
