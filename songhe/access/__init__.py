"""Logins, the roles they hold, and the scope that each role may see. 账号、角色与数据范围"""
