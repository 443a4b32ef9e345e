"""Ask Spark, on two executors of a local cluster, the questions over files: JSON in, JSON out."""

import json
import sys
from typing import Any

from pyspark.sql import SparkSession


def main(asked: dict[str, Any]) -> dict[str, list[list[str]]]:
    """Return each question's rows, cells as text.

    Args:
        asked: ``root``, ``files``, ``units``, ``slot`` (how the table of slots is laid) and
            ``questions`` by name.
    """
    spark = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    try:
        root = asked["root"]
        paths = [f"{root}/{path}" for path in asked["files"]]
        files = spark.read.option("basePath", f"{root}/data").parquet(*paths)
        files.createOrReplaceTempView("files")
        files.createOrReplaceTempView("lake")
        spark.sql(asked["slot"]).createOrReplaceTempView("slot")
        spark.read.parquet(f"{root}/{asked['units']}").createOrReplaceTempView("units")
        return {
            name: [[str(cell) for cell in row] for row in spark.sql(text).collect()]
            for name, text in asked["questions"].items()
        }
    finally:
        spark.stop()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.load(sys.stdin))))
