"""Usernames as Keycloak allows them."""

USERNAMES = (
    "jane@example.org",
    "jane.doe+moderate@example.org",
    "jane_doe-2",
    "ñandú",
    "straße",
    "name-a\u0301",
    "ελένη",
    "{{=1+1}}",
    "{{workflow.name}}",
    "o'brien",
    "x" * 255,
)
MERGED_BY_A_SLUG = ("jane.doe", "jane-doe", "jane_doe", "jané.doe", "jane+doe")
