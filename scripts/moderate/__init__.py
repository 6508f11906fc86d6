"""The command-line tool `moderate`: author, check and run workflows."""
