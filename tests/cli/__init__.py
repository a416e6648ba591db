"""The command, against the real service with fakes behind the database's ports."""
