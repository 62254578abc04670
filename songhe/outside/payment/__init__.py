"""Payment services behind ``songhe.card.ports``. 支付"""
