"""One bill, shared between those who pay it. 核销"""
