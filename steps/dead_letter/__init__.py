"""Events that a sensor could not turn into a workflow."""
