"""What is wrong with the decision data, or may be: one small function per check, in files by theme."""
