"""What people say of a service, and what they complain about: ratings and complaints. 评价与投诉"""
