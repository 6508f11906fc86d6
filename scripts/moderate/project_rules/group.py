"""The group of the rules of this repository."""

PROJECT = "project"
