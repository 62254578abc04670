"""The granted right: applied for, reviewed, approved by another person, suspended, stopped. 待遇"""
