"""Which providers may carry a leg, and in which order: eligibility first, then the plan's strategies."""
