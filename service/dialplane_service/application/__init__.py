"""One use case per RPC, and the ports they need."""
