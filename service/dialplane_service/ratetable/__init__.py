"""The decision data in force: read from MariaDB, kept in a file, swapped whole."""
