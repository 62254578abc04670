"""Service teams, the weekly rounds of stewards, needs heard and answered, volunteers and what they did. 探访关爱"""
