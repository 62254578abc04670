"""机构的柜台。The provider's desk: people served, bills, redeeming, statements."""
