-- Whether only what was earned is settled, once, to the fen, and by more than one person.

-- settlement.without_pass
-- zh: 没有通过凭据核验就结算了
-- en: a line is settled without a passing verdict
SELECT x.county, x.id FROM settlement_statementline x
LEFT JOIN redemption_verdict v ON v.county = x.county AND v.line_id = x.line_id AND v.outcome = 'pass'
WHERE v.id IS NULL OR x.verdict <> 'pass';

-- settlement.charged_twice
-- zh: 一行结算了两次
-- en: one line is charged in two statements
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, line_id, programme ORDER BY id) AS place
    FROM settlement_statementline WHERE kind <> 'REFUND') x
WHERE place > 1;

-- settlement.more_than_redeemed
-- zh: 一行结算的多于核销的和资金池自己承担的,或少于零
-- en: of one line more is settled than was redeemed and funds paid by themselves, or less than nothing
SELECT x.county, x.line_id FROM (
    SELECT county, line_id, SUM(amount_fen) AS fen FROM settlement_statementline GROUP BY county, line_id) x
LEFT JOIN redemption_line l ON l.county = x.county AND l.id = x.line_id
LEFT JOIN (SELECT county, about, SUM(amount_fen) AS fen FROM card_draw WHERE purse_id IS NULL
           GROUP BY county, about) d ON d.county = x.county AND d.about = x.line_id
WHERE l.id IS NULL OR x.fen > l.voucher_fen + l.credit_fen + l.purse_fen + COALESCE(d.fen, 0) OR x.fen < 0;

-- settlement.amount_differs
-- zh: 结算金额与账单行不符
-- en: the amount settled is not what the voucher, the fund's purse or the scheme's credits paid on the line
SELECT x.county, x.id FROM settlement_statementline x
JOIN redemption_line l ON l.county = x.county AND l.id = x.line_id
LEFT JOIN (SELECT d.county, d.about, f.code, SUM(d.amount_fen) AS fen FROM card_draw d
           JOIN card_fund f ON f.county = d.county AND f.id = d.fund_id GROUP BY d.county, d.about, f.code) d
  ON d.county = x.county AND d.about = x.line_id AND 'card:' || d.code = x.programme
LEFT JOIN (SELECT h.county, p.about, c.code, MAX(p.worth_fen) AS fen FROM credit_spending p
           JOIN credit_holder h ON h.county = p.county AND h.id = p.holder_id
           JOIN credit_scheme c ON c.county = h.county AND c.id = h.scheme_id GROUP BY h.county, p.about, c.code) p
  ON p.county = x.county AND p.about = x.line_id AND 'credit:' || p.code = x.programme
WHERE x.amount_fen <> CASE WHEN x.kind = 'REFUND' THEN -1 ELSE 1 END
      * CASE WHEN substr(x.programme, 1, 5) = 'card:' THEN COALESCE(d.fen, 0)
             WHEN substr(x.programme, 1, 7) = 'credit:' THEN COALESCE(p.fen, 0) ELSE l.voucher_fen END;

-- settlement.refund_without_reversal
-- zh: 冲减没有对应的冲正
-- en: a refund has no reversal of the same line, or a charge has one
SELECT x.county, x.id FROM settlement_statementline x
LEFT JOIN redemption_reversal r ON r.county = x.county AND r.id = x.reversal_id
WHERE (x.kind = 'REFUND' AND (r.id IS NULL OR r.line_id <> x.line_id))
   OR (x.kind <> 'REFUND' AND x.reversal_id IS NOT NULL);

-- settlement.refunded_twice
-- zh: 一次冲正冲减了两次
-- en: one reversal is refunded twice
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, reversal_id, programme ORDER BY id) AS place
    FROM settlement_statementline WHERE reversal_id IS NOT NULL) x
WHERE place > 1;

-- settlement.reversed_before
-- zh: 汇总之前已经冲正的行进了结算单
-- en: a line that was reversed before the gathering was charged
SELECT x.county, x.id FROM settlement_statementline x
JOIN settlement_statement s ON s.county = x.county AND s.id = x.statement_id
JOIN redemption_reversal r ON r.county = x.county AND r.line_id = x.line_id
WHERE x.kind <> 'REFUND' AND r.at < s.gathered_at;

-- settlement.provisional
-- zh: 长护险部分未定的账单进了结算单
-- en: a bill that is not final was settled
SELECT x.county, x.id FROM settlement_statementline x
JOIN redemption_line l ON l.county = x.county AND l.id = x.line_id
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
WHERE b.state NOT IN ('booked', 'reversed');

-- settlement.another_provider
-- zh: 结算单里有别的机构、项目或月份的行
-- en: the statement holds a line of another provider, programme or month
SELECT x.county, x.id FROM settlement_statementline x
JOIN settlement_statement s ON s.county = x.county AND s.id = x.statement_id
JOIN redemption_line l ON l.county = x.county AND l.id = x.line_id
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
LEFT JOIN grant_grant g ON g.county = l.county AND g.id = l.grant_id
WHERE b.provider_id <> s.provider_id OR b.month <> x.service_month OR x.service_month > s.month
   OR x.programme <> s.programme OR (x.programme NOT LIKE 'card:%' AND x.programme NOT LIKE 'credit:%' AND g.programme <> s.programme);

-- settlement.does_not_sum
-- zh: 结算单合计与各行之和不符
-- en: the sums of the statement are not those of its lines
SELECT s.county, s.id FROM settlement_statement s
LEFT JOIN (SELECT county, statement_id, COUNT(*) AS lines,
                  SUM(CASE WHEN amount_fen > 0 THEN amount_fen ELSE 0 END) AS charge,
                  SUM(CASE WHEN amount_fen < 0 THEN -amount_fen ELSE 0 END) AS refund
           FROM (SELECT county, statement_id, amount_fen FROM settlement_statementline
                 UNION ALL SELECT county, statement_id, amount_fen FROM settlement_receivedline
                 UNION ALL SELECT county, statement_id, amount_fen FROM settlement_borneline) y
           GROUP BY county, statement_id) x
  ON x.county = s.county AND x.statement_id = s.id
WHERE s.lines <> COALESCE(x.lines, 0) OR s.charge_fen <> COALESCE(x.charge, 0)
   OR s.refund_fen <> COALESCE(x.refund, 0) OR s.net_fen <> s.charge_fen - s.refund_fen + s.carried_fen;

-- settlement.borne_differs
-- zh: 担保结算单的行与处理结果的商家或金额不符
-- en: a line of the guarantee's statement is not what was decided of that provider's slip
SELECT x.county, x.id FROM settlement_borneline x
JOIN settlement_statement s ON s.county = x.county AND s.id = x.statement_id
JOIN offline_trouble t ON t.county = x.county AND t.id = x.trouble_id
JOIN offline_device d ON d.county = t.county AND d.id = t.device_id
WHERE s.programme <> 'offline-guarantee' OR s.provider_id <> d.provider_id OR x.service_month > s.month
   OR x.amount_fen <> CASE WHEN x.kind = 'REFUND' THEN -t.back_fen ELSE t.borne_fen END;

-- settlement.carried_differs
-- zh: 结转与上期结算单不符
-- en: what is carried in is not what earlier statements of the provider carry out
SELECT s.county, s.id FROM settlement_statement s
LEFT JOIN (SELECT county, carried_into_id, SUM(net_fen) AS net FROM settlement_statement
           WHERE carried_into_id IS NOT NULL GROUP BY county, carried_into_id) c
  ON c.county = s.county AND c.carried_into_id = s.id
WHERE s.carried_fen <> COALESCE(c.net, 0)
UNION
SELECT c.county, c.id FROM settlement_statement c
JOIN settlement_statement s ON s.county = c.county AND s.id = c.carried_into_id
WHERE c.provider_id <> s.provider_id OR c.programme <> s.programme OR c.month >= s.month OR c.net_fen > 0;

-- settlement.line_shares_differ
-- zh: 中央与地方之和不等于金额
-- en: the central and the local part of the line do not sum to it
SELECT county, id FROM settlement_statementline
WHERE (central_fen IS NULL) <> (local_fen IS NULL) OR amount_fen <> central_fen + local_fen
   OR (central_fen IS NULL) <> (ratio = '');

-- settlement.statement_shares_differ
-- zh: 结算单的中央或地方部分与各行之和不符
-- en: the central or the local part of the statement is not the sum of its lines
SELECT s.county, s.id FROM settlement_statement s
LEFT JOIN (SELECT county, statement_id, SUM(central_fen) AS central, SUM(local_fen) AS local
           FROM settlement_statementline GROUP BY county, statement_id) x
  ON x.county = s.county AND x.statement_id = s.id
WHERE (s.central_fen IS NULL) <> (s.local_fen IS NULL)
   OR s.central_fen <> COALESCE(x.central, 0) OR s.local_fen <> COALESCE(x.local, 0);

-- settlement.batch_split_differs
-- zh: 一批按比例拆分的中央部分差了分
-- en: of what a batch split at one ratio, the centre has not its floor to the fen
WITH split AS (SELECT s.county, s.programme, s.month, x.ratio, SUM(x.amount_fen) AS fen, SUM(x.central_fen) AS central
               FROM settlement_statementline x
               JOIN settlement_statement s ON s.county = x.county AND s.id = x.statement_id
               WHERE x.ratio <> '' GROUP BY s.county, s.programme, s.month, x.ratio),
written AS (SELECT DISTINCT ratio, length(rtrim(ratio, '0123456789')) AS slash,
                   rtrim(ltrim(ratio, '0123456789'), '0123456789') AS middle FROM split),
ratios AS (SELECT ratio, CAST(substr(ratio, 1, slash - 1) AS bigint) AS n,
                  NULLIF(CAST(substr(ratio, slash + 1) AS bigint), 0) AS d
           FROM written WHERE middle = '/' AND slash > 1 AND slash < length(ratio))
SELECT s.county, s.programme || ':' || s.month FROM split s
LEFT JOIN ratios r ON r.ratio = s.ratio
WHERE r.d IS NULL OR s.central * r.d > s.fen * r.n OR s.fen * r.n >= (s.central + 1) * r.d;

-- settlement.number_twice
-- zh: 同一批里两行同号
-- en: two lines of a batch have one number
SELECT county, id FROM (
    SELECT x.county, x.id, ROW_NUMBER() OVER (PARTITION BY s.county, s.programme, s.month, x.number ORDER BY x.id)
           AS place
    FROM settlement_statementline x
    JOIN settlement_statement s ON s.county = x.county AND s.id = x.statement_id) y
WHERE place > 1;

-- settlement.two_statements
-- zh: 同一机构同一月有两张结算单
-- en: a provider has two statements for a month
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, provider_id, programme, month ORDER BY id) AS place
    FROM settlement_statement) s
WHERE place > 1;

-- settlement.one_person
-- zh: 同一人汇总、确认又审批
-- en: who approved the statement had gathered or confirmed it
SELECT county, id FROM settlement_statement
WHERE approved_by <> '' AND (approved_by = confirmed_by OR approved_by = gathered_by);

-- settlement.approved_by_nobody
-- zh: 没有确认或审批就付了款
-- en: the statement went on without being confirmed and approved
SELECT county, id FROM settlement_statement
WHERE (state IN ('approved', 'carried', 'paid') AND (approved_by = '' OR confirmed_by = ''))
   OR (state = 'confirmed' AND confirmed_by = '');

-- settlement.batch_by_one_person
-- zh: 付款批次由同一人经办和放行,或由审批人放行
-- en: who released the pay-out had made it or approved one of its statements
SELECT county, id FROM settlement_batch WHERE released_by <> '' AND released_by = made_by
UNION
SELECT b.county, b.id FROM settlement_batch b
JOIN settlement_payment p ON p.county = b.county AND p.batch_id = b.id
JOIN settlement_statement s ON s.county = p.county AND s.id = p.statement_id
WHERE p.bank_reference <> '' AND b.released_by <> '' AND b.released_by = s.approved_by;

-- settlement.payment_differs
-- zh: 付款与结算单的机构、金额、项目或月份不符
-- en: the payment is not of the provider, the amount, the programme and the month of its statement
SELECT p.county, p.id FROM settlement_payment p
LEFT JOIN settlement_statement s ON s.county = p.county AND s.id = p.statement_id
LEFT JOIN settlement_batch b ON b.county = p.county AND b.id = p.batch_id
WHERE s.id IS NULL OR b.id IS NULL OR p.amount_fen <> s.net_fen OR p.amount_fen <= 0
   OR p.provider_id <> s.provider_id OR b.programme <> s.programme OR b.month <> s.month;

-- settlement.paid_twice
-- zh: 一张结算单付了两次
-- en: one statement is paid twice
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, statement_id ORDER BY id) AS place
    FROM settlement_payment WHERE state <> 'returned') p
WHERE place > 1;

-- settlement.paid_without_payment
-- zh: 结算单与付款的状态不符
-- en: the statement is paid and no payment arrived, or one arrived and it is not paid
SELECT s.county, s.id FROM settlement_statement s
LEFT JOIN (SELECT county, statement_id, COUNT(*) AS times FROM settlement_payment WHERE state = 'paid'
           GROUP BY county, statement_id) p
  ON p.county = s.county AND p.statement_id = s.id
WHERE (s.state = 'paid' AND s.net_fen > 0 AND p.times IS NULL) OR (s.state <> 'paid' AND p.times IS NOT NULL);

-- settlement.batch_does_not_sum
-- zh: 付款批次合计与各笔之和不符
-- en: the sum of the pay-out is not that of its payments
SELECT b.county, b.id FROM settlement_batch b
LEFT JOIN (SELECT county, batch_id, SUM(amount_fen) AS fen FROM settlement_payment
           WHERE state <> 'returned' OR bank_reference <> '' GROUP BY county, batch_id) p
  ON p.county = b.county AND p.batch_id = b.id
WHERE b.total_fen <> COALESCE(p.fen, 0);

-- settlement.released_without_file
-- zh: 已放行的批次没有文件摘要或放行人
-- en: a pay-out left without a file or without somebody who released it
SELECT county, id FROM settlement_batch
WHERE state <> 'made' AND (released_by = '' OR released_at IS NULL OR file_sha256 = '');

-- settlement.payment_not_in_books
-- zh: 付款没有照数记账
-- en: the payment is not what was booked for it
SELECT p.county, p.id FROM settlement_payment p
LEFT JOIN (SELECT county, about, SUM(CASE kind WHEN 'payout' THEN amount ELSE -amount END) AS fen, COUNT(*) AS there
           FROM ledger_transfer WHERE kind IN ('payout', 'payout_offset') GROUP BY county, about) o
  ON o.county = p.county AND o.about = p.id
LEFT JOIN (SELECT county, about, COUNT(*) AS back FROM ledger_transfer WHERE kind = 'payout_return'
           GROUP BY county, about) i
  ON i.county = p.county AND i.about = p.id
WHERE COALESCE(o.fen, 0) <> CASE WHEN p.bank_reference <> '' THEN p.amount_fen ELSE 0 END
   OR COALESCE(i.back, 0) <> CASE WHEN p.state = 'returned' THEN COALESCE(o.there, 0) ELSE 0 END;

-- settlement.paid_to_an_account_not_in_force
-- zh: 付到了别家的、未批准的或未生效的账户
-- en: the payment goes to an account of another provider, not approved or not in force yet
SELECT p.county, p.id FROM settlement_payment p
JOIN settlement_batch b ON b.county = p.county AND b.id = p.batch_id
JOIN provider_bankaccount a ON a.id = p.account_id
WHERE a.provider_id <> p.provider_id OR a.approved_by = '' OR a.effective_at IS NULL OR a.effective_at > b.made_at;
