import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Once",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("client", models.CharField(max_length=64, verbose_name="客户端")),
                ("key", models.CharField(max_length=64, verbose_name="幂等键")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="内容摘要")),
                ("answer", models.JSONField(null=True, verbose_name="答复")),
                ("at", models.DateTimeField(verbose_name="时刻")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("county", "client", "key"), name="jobs_once_key")],
            },
        ),
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("topic", models.CharField(max_length=40, verbose_name="主题")),
                ("about", models.UUIDField(verbose_name="事由")),
                ("payload", models.JSONField(default=dict, verbose_name="内容")),
                ("at", models.DateTimeField(verbose_name="写入")),
                ("not_before", models.DateTimeField(verbose_name="最早处理")),
                ("done_at", models.DateTimeField(null=True, verbose_name="处理完")),
                ("tries", models.IntegerField(default=0, verbose_name="次数")),
                ("problem", models.TextField(blank=True, verbose_name="问题")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)), fields=["county", "not_before"], name="jobs_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("county", "topic", "about"), name="jobs_outgoing_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("job", models.CharField(max_length=40, verbose_name="任务")),
                ("period", models.CharField(max_length=10, verbose_name="期间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待"),
                            ("running", "进行中"),
                            ("done", "完成"),
                            ("partly", "部分完成"),
                            ("failed", "失败"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("done", models.BigIntegerField(default=0, verbose_name="已处理")),
                ("total", models.BigIntegerField(default=0, verbose_name="总数")),
                ("attempts", models.IntegerField(default=0, verbose_name="次数")),
                ("holder", models.CharField(blank=True, max_length=160, verbose_name="进程")),
                ("started_at", models.DateTimeField(null=True, verbose_name="开始")),
                ("beat_at", models.DateTimeField(null=True, verbose_name="最近进展")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束")),
                ("result", models.JSONField(default=dict, verbose_name="结果")),
                ("problem", models.TextField(blank=True, verbose_name="问题")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("county", "job", "period"), name="jobs_run_once")],
            },
        ),
    ]
