"""Velocity, as API Gateway runs it: `template.parse` and `template.render`."""
