"""The love card: one card, many purses of several funds, each with its own purpose, expiry and order. 爱心卡"""
