"""A till that works without a network, at a bounded risk: devices, limits, signed slips, exceptions. 离线收款"""
