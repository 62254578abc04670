"""工作台: where staff work. Applications, people, the month, and what providers are paid."""
