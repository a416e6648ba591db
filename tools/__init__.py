"""What a fresh clone needs before its own packages are installed: standard library only."""
