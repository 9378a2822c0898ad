"""The local cloud's Lambda service: functions, versions, aliases, policies, and invocations of real processes."""
