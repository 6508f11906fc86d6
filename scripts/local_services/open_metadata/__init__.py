"""A double of the OpenMetadata server, which no package registry has.

It keeps what it is sent, holds every body against the ingestion framework's
own generated models, serves it back, and refuses what is invalid. ``server``
runs as a process of its own, in the environment of the image ``openmetadata``;
``serving`` starts it, and ``double`` controls it.
"""
