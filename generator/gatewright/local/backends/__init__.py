"""What the gateway asks of the world, answered by the local cloud: functions, HTTP, keys, roles, logs, rates."""
