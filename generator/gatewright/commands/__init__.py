"""The groups of commands that cli.py is put together from: click only, one workflow call each."""
