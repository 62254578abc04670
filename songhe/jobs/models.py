"""Runs, keys that make a call happen once, and the outbox."""

from __future__ import annotations

from django.db import models

from songhe.county.row import CountyRow


class RunState(models.TextChoices):
    WAITING = "waiting", "等待"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    PARTLY = "partly", "部分完成"
    FAILED = "failed", "失败"


class Run(CountyRow):
    """One job for one period of one county. It may be stopped at any point and started again."""

    leaf = True

    job = models.CharField("任务", max_length=40)
    period = models.CharField("期间", max_length=10)
    state = models.CharField("状态", max_length=10, choices=RunState, default=RunState.WAITING)
    done = models.BigIntegerField("已处理", default=0)
    total = models.BigIntegerField("总数", default=0)
    attempts = models.IntegerField("次数", default=0)
    holder = models.CharField("进程", max_length=160, blank=True)
    started_at = models.DateTimeField("开始", null=True)
    beat_at = models.DateTimeField("最近进展", null=True)
    finished_at = models.DateTimeField("结束", null=True)
    result = models.JSONField("结果", default=dict)
    problem = models.TextField("问题", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "job", "period"], name="jobs_run_once")]


class Once(CountyRow):
    """The answer to a call that a client named with a key: repeated for ever, with one effect."""

    leaf = True

    client = models.CharField("客户端", max_length=64)
    key = models.CharField("幂等键", max_length=64)
    fingerprint = models.CharField("内容摘要", max_length=64)
    answer = models.JSONField("答复", null=True)
    at = models.DateTimeField("时刻")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "client", "key"], name="jobs_once_key")]


class Outgoing(CountyRow):
    """What must happen elsewhere or later, written in the transaction that makes it true."""

    leaf = True

    topic = models.CharField("主题", max_length=40)
    about = models.UUIDField("事由")
    payload = models.JSONField("内容", default=dict)
    at = models.DateTimeField("写入")
    not_before = models.DateTimeField("最早处理")
    done_at = models.DateTimeField("处理完", null=True)
    tries = models.IntegerField("次数", default=0)
    problem = models.TextField("问题", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "topic", "about"], name="jobs_outgoing_once")]
        indexes = [models.Index(fields=["county", "not_before"], condition=models.Q(done_at=None), name="jobs_due")]
