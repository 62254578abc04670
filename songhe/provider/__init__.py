"""Institutions, community providers and assessment bodies; their people, prices and accounts. 服务机构"""
