from django.apps import AppConfig


class BenchmarkConfig(AppConfig):
    name = "benchmarks.eventstore"
    label = "benchmark"
