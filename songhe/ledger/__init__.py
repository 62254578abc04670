"""The books: funds, accounts, transfers and periods. Knows money, knows no elder. 账簿"""
