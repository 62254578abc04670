"""Banks behind ``songhe.settlement.ports``. 银行"""
