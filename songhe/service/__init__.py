"""Stays, visits and the evidence of them. 服务与凭据"""
