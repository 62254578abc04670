"""我的。Pages of elders and of those who act for them: applications, vouchers, bills, mandates."""
