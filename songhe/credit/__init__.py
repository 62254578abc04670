"""Produce and work for meals, charity credits of helpers: earned by what was weighed or done, spent on help. 积分"""
