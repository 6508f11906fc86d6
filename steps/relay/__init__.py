"""The relay: from the queue to the webhook, and nothing lost between.

A message is acknowledged only when the EventBus has it, or when it is in
the dead-letter queue.
"""
