from songhe.county.guard import Guard, append_only

NOT_OPEN = "songhe: the statement is no longer open"
FIXED = "songhe: the sums of a confirmed statement are fixed"

_SUMS = ("lines", "charge_fen", "refund_fen", "carried_fen", "net_fen", "central_fen", "local_fen")


def lines_while_gathered(table: str, name: str) -> Guard:
    """Lines enter a statement, and are split, only while it waits for the provider."""
    of = "(SELECT s.state FROM settlement_statement s WHERE s.county = NEW.county AND s.id = NEW.statement_id)"
    sqlite = [f'DROP TRIGGER IF EXISTS "{name}_{verb}"' for verb in ("insert", "update")]
    sqlite += [
        f'CREATE TRIGGER "{name}_{verb}" BEFORE {verb.upper()} ON "{table}" '
        f"WHEN {of} IS NOT 'gathered' BEGIN SELECT RAISE(ABORT, '{NOT_OPEN}'); END"
        for verb in ("insert", "update")
    ]
    postgresql = [
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        "IF EXISTS (SELECT 1 FROM settlement_statement s JOIN (SELECT DISTINCT county, statement_id FROM added) a "
        "ON a.county = s.county AND a.statement_id = s.id WHERE s.state <> 'gathered') THEN "
        f"RAISE EXCEPTION '{NOT_OPEN}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL; END $$",
        *(f'DROP TRIGGER IF EXISTS "{name}_{verb}" ON "{table}"' for verb in ("insert", "update")),
        *(
            f'CREATE TRIGGER "{name}_{verb}" AFTER {verb.upper()} ON "{table}" '
            f'REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()'
            for verb in ("insert", "update")
        ),
    ]
    return Guard(name, table, tuple(sqlite), tuple(postgresql))


def sums_once_confirmed() -> Guard:
    """The sums of a statement change only while it waits for the provider."""
    name = "settlement_statement_sums"
    sqlite = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in _SUMS)
    postgresql = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in _SUMS)
    return Guard(
        name,
        "settlement_statement",
        sqlite=(
            f'DROP TRIGGER IF EXISTS "{name}"',
            f'CREATE TRIGGER "{name}" BEFORE UPDATE ON "settlement_statement" '
            f"WHEN OLD.state <> 'gathered' AND ({sqlite}) BEGIN SELECT RAISE(ABORT, '{FIXED}'); END",
        ),
        postgresql=(
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$ BEGIN RAISE EXCEPTION '{FIXED}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f'DROP TRIGGER IF EXISTS "{name}" ON "settlement_statement"',
            f'CREATE TRIGGER "{name}" BEFORE UPDATE ON "settlement_statement" FOR EACH ROW '
            f"WHEN (OLD.state <> 'gathered' AND ({postgresql})) EXECUTE FUNCTION \"{name}\"()",
        ),
    )


def guards() -> list[Guard]:
    return [
        append_only("settlement_statementline", columns=("ratio", "central_fen", "local_fen")),
        lines_while_gathered("settlement_statementline", "settlement_line_open"),
        lines_while_gathered("settlement_borneline", "settlement_borne_open"),
        append_only(
            "settlement_statement",
            columns=(
                "state",
                *_SUMS,
                "invoice_no",
                "budget_line",
                "fund_year",
                "dispute",
                "held_because",
                "confirmed_by",
                "confirmed_at",
                "approved_by",
                "approved_at",
                "carried_into_id",
                "version",
            ),
        ),
        sums_once_confirmed(),
        append_only("settlement_borneline"),
        append_only("settlement_claim", columns=("lines", "amount_fen", "digest", "settled_month")),
        append_only("settlement_claimline"),
        append_only("settlement_received", columns=("lines", "amount_fen", "digest", "settled_month")),
        append_only("settlement_receivedline", columns=("statement_id",)),
        append_only("settlement_batch", columns=("state", "total_fen", "released_by", "released_at", "file_sha256")),
        append_only("settlement_payment", columns=("state", "bank_reference", "returned_because", "booked_on")),
    ]
