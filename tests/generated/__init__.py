"""Ten thousand generated inputs for each RPC and each shim, half of them hostile."""
