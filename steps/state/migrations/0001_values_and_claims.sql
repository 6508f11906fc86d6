CREATE TABLE state.value (
    namespace text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    value json NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (namespace, key)
);

CREATE TABLE state.item (
    namespace text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    -- The claim that holds it, until its lease ends.
    token uuid,
    holder text,
    leased_until timestamptz,
    -- The claim that was settled last: a repeated settlement is recognised.
    settled_token uuid,
    failures integer NOT NULL DEFAULT 0,
    last_error text,
    next_try timestamptz,
    set_aside_at timestamptz,
    done_at timestamptz,
    PRIMARY KEY (namespace, key),
    CHECK ((token IS NULL) = (leased_until IS NULL)),
    CHECK ((token IS NULL) = (holder IS NULL)),
    CHECK (done_at IS NULL OR set_aside_at IS NULL)
);

CREATE INDEX item_failed ON state.item (namespace, key) WHERE failures > 0;
