"""Aids: stock piece by piece, fittings at home, rent by the day, deposits apart, cleaning, recalls. 辅具"""
