"""gRPC: servicers, checks, conversion, errors, interceptors, servers. The wire ends here."""
