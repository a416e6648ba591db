"""The only importer of the database driver: pool, repositories behind the ports, migrations."""
