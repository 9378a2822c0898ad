"""Integrations with mappings; `run.run` is the door."""
