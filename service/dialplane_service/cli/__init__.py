"""The ``dialplane`` command: a client of the service like any other; only serve and db touch the rest."""
