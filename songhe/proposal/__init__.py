"""What one person wants done and another decides: kept as it was written, carried out once, or declined. 提议"""
