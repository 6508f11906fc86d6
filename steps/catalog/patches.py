"""Faults of the ingestion framework, patched in memory.

Both keep a file of the data lake from having any profile at all.
"""

from typing import Any


def patch_row_sampling() -> None:
    """Lets a profile look at a number of rows of a file.

    Version 2.0.6 reads the number as a float, and pandas refuses to take
    5000.0 rows of a file that has more.
    """
    from metadata.generated.schema.type.basic import (
        ProfileSampleType,
    )
    from metadata.mixins.pandas.pandas_mixin import (
        PandasInterfaceMixin,
    )

    sampled = PandasInterfaceMixin.get_sampled_dataframe

    def get_sampled_dataframe(self: Any, raw_dataset: Any, static: Any) -> Any:  # noqa: ANN401
        if static.profileSampleType is ProfileSampleType.ROWS:
            rows = int(static.profileSample or 0)
            static = static.model_copy(update={"profileSample": rows})
        return sampled(self, raw_dataset, static)

    PandasInterfaceMixin.get_sampled_dataframe = get_sampled_dataframe


def patch_sums() -> None:
    """Gives a column of texts no sum.

    Version 2.0.6 takes texts for numbers where the first thousand of them
    look like dates; their sum is one long text, which no profile can hold.
    """
    from metadata.profiler.metrics.static.sum import Sum

    summed = Sum.df_fn

    def df_fn(self: Any, dfs: Any = None) -> Any:  # noqa: ANN401
        total = summed(self, dfs)
        return None if isinstance(total, str) else total

    Sum.df_fn = df_fn
