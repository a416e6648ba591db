"""Generated from protos/dialplane by `make proto`; not edited by hand."""
