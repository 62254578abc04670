"""Meal points: food safety, menus, bookings, prices by age and class, meals at the table or at home. 助餐"""
