"""Adapters behind ports: systems that are not ours, each with a sandbox. 外部系统"""
