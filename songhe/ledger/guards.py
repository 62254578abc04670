from songhe.county.guard import Guard, append_only

CLOSED = "songhe: the period is closed"


def closed_period() -> Guard:
    """No transfer enters a closed period, and a closed period does not change."""
    name = "ledger_transfer_period"
    return Guard(
        name,
        "ledger_transfer",
        sqlite=(
            f'DROP TRIGGER IF EXISTS "{name}"',
            f'CREATE TRIGGER "{name}" BEFORE INSERT ON "ledger_transfer" '
            "WHEN EXISTS (SELECT 1 FROM ledger_period p WHERE p.county = NEW.county AND p.month = NEW.month "
            f"AND p.closed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, '{CLOSED}'); END",
        ),
        postgresql=(
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
            "IF EXISTS (SELECT 1 FROM ledger_period p JOIN (SELECT DISTINCT county, month FROM added) a "
            "ON a.county = p.county AND a.month = p.month WHERE p.closed_at IS NOT NULL) THEN "
            f"RAISE EXCEPTION '{CLOSED}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN NULL; END $$",
            f'DROP TRIGGER IF EXISTS "{name}" ON "ledger_transfer"',
            f'CREATE TRIGGER "{name}" AFTER INSERT ON "ledger_transfer" REFERENCING NEW TABLE AS added '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()',
        ),
    )


def closed_for_good() -> Guard:
    name = "ledger_period_closed"
    return Guard(
        name,
        "ledger_period",
        sqlite=(
            f'DROP TRIGGER IF EXISTS "{name}_update"',
            f'DROP TRIGGER IF EXISTS "{name}_delete"',
            f'CREATE TRIGGER "{name}_update" BEFORE UPDATE ON "ledger_period" WHEN OLD.closed_at IS NOT NULL '
            f"BEGIN SELECT RAISE(ABORT, '{CLOSED}'); END",
            f'CREATE TRIGGER "{name}_delete" BEFORE DELETE ON "ledger_period" '
            f"BEGIN SELECT RAISE(ABORT, '{CLOSED}'); END",
        ),
        postgresql=(
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$ BEGIN RAISE EXCEPTION '{CLOSED}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f'DROP TRIGGER IF EXISTS "{name}_update" ON "ledger_period"',
            f'DROP TRIGGER IF EXISTS "{name}_delete" ON "ledger_period"',
            f'CREATE TRIGGER "{name}_update" BEFORE UPDATE ON "ledger_period" FOR EACH ROW '
            f'WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION "{name}"()',
            f'CREATE TRIGGER "{name}_delete" BEFORE DELETE ON "ledger_period" FOR EACH ROW EXECUTE FUNCTION "{name}"()',
        ),
    )


def guards() -> list[Guard]:
    return [append_only("ledger_transfer"), closed_period(), closed_for_good()]
