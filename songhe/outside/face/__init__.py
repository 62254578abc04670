"""Face services behind ``songhe.card.ports``. 刷脸"""
