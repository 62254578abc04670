"""Resumable runs, the outbox, and keys that make a call happen once. 任务"""
