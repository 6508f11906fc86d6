"""The code that runs inside the containers; it never imports Hera."""
