"""What a person holds for a period: the monthly voucher, one of four groups a month. 消费券"""
