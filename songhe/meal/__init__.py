"""Meal points: food safety, menus, bookings, prices by age and class, meals served at the table or brought home. 助餐"""
