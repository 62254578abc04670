"""Logins, the roles they are appointed to, and the scope of people that each role may see.

A login is not a person: a carer's or an elder's file points here or is reached by value, never the other way.
"""
