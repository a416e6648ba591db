"""Which number a leg presents over a provider: what the provider allows, then what the law allows."""
