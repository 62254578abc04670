"""The HTTP API under ``/api/v1/``: for machines with a token, and for pages with a session. 数据接口"""
