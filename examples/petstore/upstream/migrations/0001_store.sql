-- Every row belongs to an owner, and numbers count per owner: all keys begin with the owner's name.

CREATE TABLE owners (
    name       TEXT    NOT NULL PRIMARY KEY,
    next_pet   INTEGER NOT NULL DEFAULT 1,
    next_order INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE TABLE pets (
    owner       TEXT    NOT NULL REFERENCES owners (name),
    id          INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    species     TEXT    NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN ('available', 'reserved', 'sold')),
    price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
    tags        TEXT    NOT NULL CHECK (json_type(tags) = 'array'),
    notes       TEXT,
    PRIMARY KEY (owner, id)
) STRICT, WITHOUT ROWID;

-- An order is only ever read back whole, so its nested parts are kept as the JSON they came as.
-- Its lines repeat the pets' names and prices, which may change after the sale.
CREATE TABLE orders (
    owner       TEXT    NOT NULL REFERENCES owners (name),
    id          INTEGER NOT NULL,
    status      TEXT    NOT NULL CHECK (status = 'placed'),
    placed_at   TEXT    NOT NULL,
    total_cents INTEGER NOT NULL CHECK (total_cents >= 0),
    lines       TEXT    NOT NULL CHECK (json_type(lines) = 'array'),
    delivery    TEXT    NOT NULL CHECK (json_type(delivery) = 'object'),
    gift_note   TEXT,
    PRIMARY KEY (owner, id)
) STRICT, WITHOUT ROWID;
