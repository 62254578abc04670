"""Carriers of texts and calls behind ``songhe.notice.ports``. 短信"""
