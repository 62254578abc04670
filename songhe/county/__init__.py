"""County rows: what grows with people belongs to the county that pays, by key and by constraint. 区县数据行"""
