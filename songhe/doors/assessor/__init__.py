"""评估员的平板。The assessor's tablet: schedule, the form of 26 items, signatures, work without a network."""
