"""Ability assessment: scales as data, two assessors, scored on the server. 能力评估"""
