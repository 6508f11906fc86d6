"""A fault of the ingestion framework, mended in memory."""

from typing import Any


def mend_row_sampling() -> None:
    """Lets a profile look at a number of rows of a file.

    Version 2.0.6 reads the number as a float, and pandas refuses to take
    5000.0 rows: no file that is longer than the sample gets a profile.
    """
    from metadata.generated.schema.type.basic import (  # noqa: PLC0415
        ProfileSampleType,
    )
    from metadata.mixins.pandas.pandas_mixin import (  # noqa: PLC0415
        PandasInterfaceMixin,
    )

    sampled = PandasInterfaceMixin.get_sampled_dataframe

    def get_sampled_dataframe(self: Any, raw_dataset: Any, static: Any) -> Any:  # noqa: ANN401
        if static.profileSampleType is ProfileSampleType.ROWS:
            rows = int(static.profileSample or 0)
            static = static.model_copy(update={"profileSample": rows})
        return sampled(self, raw_dataset, static)

    PandasInterfaceMixin.get_sampled_dataframe = get_sampled_dataframe
