"""The SQL of claims.

Time is the server's alone: a pod whose clock is wrong has no effect.
"""

INSERT_MISSING = """
INSERT INTO state.item (namespace, key)
SELECT %(namespace)s, wanted.key FROM unnest(%(keys)s::text[]) AS wanted (key)
ORDER BY wanted.key COLLATE "C"
ON CONFLICT (namespace, key) DO NOTHING
"""
# A claim whose lease ran out counts as a failure: an item that kills its pod
# each time is set aside too.
SET_ASIDE_LOST = """
UPDATE state.item
SET token = NULL, holder = NULL, leased_until = NULL,
    failures = failures + 1,
    last_error = format(%(lost)s::text, holder),
    set_aside_at = clock_timestamp()
WHERE namespace = %(namespace)s AND key = ANY(%(keys)s::text[])
  AND leased_until <= clock_timestamp()
  AND failures + 1 >= %(most_failures)s
"""
CLAIM = """
WITH wanted AS (
    SELECT key, place
    FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS one (key, place)
), free AS (
    SELECT item.key
    FROM state.item JOIN wanted ON item.key = wanted.key
    WHERE item.namespace = %(namespace)s
      AND item.done_at IS NULL
      AND item.set_aside_at IS NULL
      AND (item.next_try IS NULL OR item.next_try <= clock_timestamp())
      AND (item.token IS NULL
           OR item.token = %(token)s
           OR item.leased_until <= clock_timestamp())
    ORDER BY item.token IS NOT DISTINCT FROM %(token)s DESC, wanted.place
    LIMIT %(limit)s
    FOR UPDATE OF item SKIP LOCKED
)
UPDATE state.item
SET failures = item.failures
        + (item.token IS DISTINCT FROM %(token)s
           AND item.token IS NOT NULL)::integer,
    last_error = CASE
        WHEN item.token IS DISTINCT FROM %(token)s
             AND item.token IS NOT NULL
        THEN format(%(lost)s::text, item.holder)
        ELSE item.last_error END,
    next_try = NULL,
    token = %(token)s,
    holder = %(holder)s,
    leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
FROM free
WHERE item.namespace = %(namespace)s AND item.key = free.key
RETURNING item.key, item.failures
"""
RENEW = """
UPDATE state.item
SET leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE namespace = %(namespace)s AND key = %(key)s AND token = %(token)s
RETURNING key
"""
GIVE_BACK = """
UPDATE state.item SET token = NULL, holder = NULL, leased_until = NULL
WHERE namespace = %(namespace)s AND key = %(key)s AND token = %(token)s
RETURNING key
"""
DONE = """
UPDATE state.item
SET token = NULL, holder = NULL, leased_until = NULL,
    settled_token = %(token)s, failures = 0, last_error = NULL,
    next_try = NULL, done_at = clock_timestamp()
WHERE namespace = %(namespace)s AND key = %(key)s AND token = %(token)s
RETURNING key
"""
FAILED = """
UPDATE state.item
SET token = NULL, holder = NULL, leased_until = NULL,
    settled_token = %(token)s, failures = failures + 1,
    last_error = %(error)s,
    next_try = CASE WHEN failures + 1 < %(most_failures)s
        THEN clock_timestamp() + make_interval(secs => least(
            %(first_seconds)s * power(2, least(failures, 60)),
            %(longest_seconds)s)) END,
    set_aside_at = CASE WHEN failures + 1 >= %(most_failures)s
        THEN clock_timestamp() END
WHERE namespace = %(namespace)s AND key = %(key)s AND token = %(token)s
RETURNING key
"""
WAS_SETTLED = """
SELECT key FROM state.item
WHERE namespace = %(namespace)s AND key = %(key)s
  AND settled_token = %(token)s
"""
DELETE_DONE = """
DELETE FROM state.item
WHERE namespace = %(namespace)s AND key = %(key)s AND token = %(token)s
RETURNING key
"""
STATUSES = """
SELECT key, CASE
    WHEN done_at IS NOT NULL THEN 'done'
    WHEN set_aside_at IS NOT NULL THEN 'set aside'
    WHEN leased_until > clock_timestamp() THEN 'claimed'
    WHEN next_try > clock_timestamp() THEN 'waiting'
    ELSE 'due' END
FROM state.item
WHERE namespace = %(namespace)s AND key = ANY(%(keys)s::text[])
"""
FAILED_ITEMS = """
SELECT key, failures, coalesce(last_error, ''), next_try,
       set_aside_at IS NOT NULL
FROM state.item
WHERE namespace = %(namespace)s AND failures > 0 AND done_at IS NULL
ORDER BY set_aside_at IS NULL, key
"""
RELEASE = """
UPDATE state.item
SET failures = 0, last_error = NULL, next_try = NULL, set_aside_at = NULL
WHERE namespace = %(namespace)s AND failures > 0
  AND (token IS NULL OR leased_until <= clock_timestamp())
  AND (%(key)s::text IS NULL OR key = %(key)s)
RETURNING key
"""
