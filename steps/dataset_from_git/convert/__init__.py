"""Makes a Parquet file and a normalised CSV file of a CSV file."""
