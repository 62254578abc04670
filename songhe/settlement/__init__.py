"""Statements of providers, their approval and pay-out, and what is corrected later. 结算"""
