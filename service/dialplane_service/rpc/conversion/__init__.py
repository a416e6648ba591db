"""Pure functions between the protos' messages and the domain's types. Requests are valid already."""
