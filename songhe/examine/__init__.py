"""Examination of providers: figures from the month's own rows, scores that anybody can recompute, warning and exit.
日常监管和考核评估"""
