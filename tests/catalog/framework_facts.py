"""What is true of the pinned framework; run in the image's environment.

Prints JSON: each fact is one that ``steps/catalog/framework.py`` or
``patches.py`` builds on, and that a later version may end.
"""

import json
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import PathFinder
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from steps.catalog import framework, patches

ROWS = 3


def main() -> None:
    """Prints the facts."""
    with patch.multiple(
        framework,
        patch_row_sampling=none,
        patch_sums=none,
        patch_long_headers=none,
        patch_foreign_keys=none,
    ):
        framework.load("postgres")
        framework.load("datalake")
    before = patched_facts()
    patches.patch_row_sampling()
    patches.patch_sums()
    patches.patch_long_headers()
    patches.patch_long_keys({"digest": "long key"})
    sys.stdout.write(
        json.dumps(
            {
                "there": there(),
                "used": framework.used_names(),
                "before": before,
                "after": patched_facts(),
                "view_lineage": view_lineage(),
                "hooks": hooks(),
            }
        )
    )


def patched_facts() -> dict[str, Any]:
    """Returns what the patches change."""
    return {
        "rows": sampled_rows(),
        "sum": sum_of_texts(),
        "columns": columns_of_long_headers(),
        "key": key_that_is_read(),
    }


def columns_of_long_headers() -> list[int]:
    """Returns the lengths of the different names of two long headers."""
    import pandas as pd
    from metadata.utils.datalake.datalake_utils import (
        GenericDataFrameColumnParser,
    )

    frame = pd.DataFrame({"h" * 300: [1], "h" * 301: [2]})
    columns = GenericDataFrameColumnParser(frame).get_columns()
    return [len(name) for name in {column.name.root for column in columns}]


def key_that_is_read() -> str:
    """Returns the key that is read for a table whose name is a digest."""
    from metadata.mixins.pandas import pandas_mixin

    table = SimpleNamespace(
        name=SimpleNamespace(root="digest"),
        databaseSchema=SimpleNamespace(name="bucket"),
        fileFormat=None,
    )
    found: list[str] = []

    def fetch(file_fqn: Any, **_: object) -> SimpleNamespace:  # noqa: ANN401
        found.append(file_fqn.key)
        return SimpleNamespace(dataframes=list)

    with patch.object(pandas_mixin, "fetch_dataframe_generator", fetch):
        pandas_mixin.PandasInterfaceMixin.get_dataframes(
            SimpleNamespace(),
            service_connection_config=SimpleNamespace(configSource=None),
            client=SimpleNamespace(client=None),
            table=table,
        )
    return found[0]


def there() -> list[str]:
    """Lists which of the modules left out are the framework's."""
    return [
        name
        for name in framework.UNUSED_MODULES
        if PathFinder.find_spec(
            name, sys.modules[name.rpartition(".")[0]].__path__
        )
    ]


def none() -> None:
    """Stands for a patch that is not applied yet."""


def sampled_rows() -> int:
    """Counts the rows that a sample of three of five rows has."""
    import pandas as pd
    from metadata.generated.schema.type.basic import ProfileSampleType
    from metadata.generated.schema.type.staticSamplingConfig import (
        StaticSamplingConfig,
    )
    from metadata.mixins.pandas.pandas_mixin import PandasInterfaceMixin

    def raw() -> Iterator[Any]:
        yield pd.DataFrame({"a": range(5)})

    static = StaticSamplingConfig(
        profileSample=ROWS, profileSampleType=ProfileSampleType.ROWS
    )
    sample = PandasInterfaceMixin.get_sampled_dataframe
    frames: Callable[[], Iterator[Any]] = sample(
        SimpleNamespace(), raw, static
    )
    return sum(len(frame) for frame in frames())


def sum_of_texts() -> str:
    """Names the type of a text column's sum, where it passes for numbers."""
    import pandas as pd
    from metadata.profiler.metrics.static.sum import Sum
    from sqlalchemy import Column, Integer

    column = Column("a", Integer)
    metric = Sum(column)
    total = metric.df_fn([pd.DataFrame({"a": ["2026-01-01", "2026-01-02"]})])
    return type(total).__name__


def view_lineage() -> dict[str, bool]:
    """Returns which of the framework's sources find the lineage of views."""
    from metadata.ingestion.source.database.datalake.metadata import (
        DatalakeSource,
    )
    from metadata.ingestion.source.database.postgres.lineage import (
        PostgresLineageSource,
    )
    from metadata.ingestion.source.database.postgres.metadata import (
        PostgresSource,
    )

    return {
        source.__name__: hasattr(source, "yield_view_lineage")
        for source in (PostgresSource, DatalakeSource, PostgresLineageSource)
    }


def hooks() -> dict[str, bool]:
    """Returns which of the methods that are replaced are there."""
    from metadata.profiler.source.metadata import OpenMetadataSource
    from metadata.workflow.profiler import ProfilerWorkflow

    return {
        f"{owner.__name__}.{name}": callable(getattr(owner, name, None))
        for owner, name in (
            (ProfilerWorkflow, "_get_profiler_processor"),
            (ProfilerWorkflow, "_get_source_class"),
            (OpenMetadataSource, "_iter"),
        )
    }


if __name__ == "__main__":
    main()
