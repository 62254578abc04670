"""审计室。The audit room: read only, samples, every fen back to its evidence, the chain."""
