"""统计。Figures with their definitions, one layer of queries for dashboard, report and export."""
