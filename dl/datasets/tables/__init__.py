"""Tables: any file of rows, read once into Parquet and asked through DuckDB."""
