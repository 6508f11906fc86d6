"""How this project authors workflows: one way to do each thing."""
