"""The registry of elders, their kin and their proxies. 人员登记"""
