-- Whether every voucher is one that may be there, and its money is where it says.

-- grant.two_in_a_month
-- zh: 同一人同一项目同一月有两张券
-- en: one human has two vouchers of a programme for a month
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY identity, programme, month ORDER BY issued_at, id) AS place
    FROM grant_grant) g
WHERE place > 1;

-- grant.number_twice
-- zh: 两张券同号
-- en: two vouchers have one number
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY no ORDER BY issued_at, id) AS place FROM grant_grant) g
WHERE place > 1;

-- grant.without_claim
-- zh: 券没有全国登记
-- en: the voucher has no national claim
SELECT g.county, g.id FROM grant_grant g
LEFT JOIN grant_claim c ON c.county = g.county AND c.grant_id = g.id AND c.identity = g.identity
     AND c.programme = g.programme AND (c.month = g.month OR g.programme = 'assessment-voucher')
WHERE c.id IS NULL;

-- grant.claimed_twice
-- zh: 同一人同一项目同一月有两条全国登记
-- en: one human has two national claims on a programme and month
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY identity, programme, month ORDER BY id) AS place
    FROM grant_claim) c
WHERE place > 1;

-- grant.claim_without_voucher
-- zh: 全国登记没有对应的券
-- en: the national claim has no voucher
SELECT c.county, c.id FROM grant_claim c
LEFT JOIN grant_grant g ON g.county = c.county AND g.id = c.grant_id
WHERE g.id IS NULL;

-- grant.not_of_the_right
-- zh: 券与所依据的资格不符
-- en: the voucher is of another person, programme or time than the right it stands on
SELECT g.county, g.id FROM grant_grant g
JOIN entitlement_entitlement e ON e.county = g.county AND e.id = g.entitlement_id
WHERE e.person_id <> g.person_id OR e.identity <> g.identity OR e.policy <> g.programme OR g.month < e.first_month;

-- grant.issued_after_known_death
-- zh: 核实去世之后还发了券
-- en: the voucher was issued after the death was verified
SELECT g.county, g.id FROM grant_grant g
JOIN person_event v ON v.county = g.county AND v.person_id = g.person_id
WHERE v.kind = 'death' AND v.state = 'verified' AND v.verified_at < g.issued_at
  AND CAST(v.happened_on AS text) < substr(CAST(g.issued_at AS text), 1, 10);

-- grant.beside_excluded_programme
-- zh: 已享受互斥待遇,同月又发了券
-- en: the voucher was issued to somebody in a programme that excludes it
SELECT DISTINCT g.county, g.id FROM grant_grant g
JOIN person_status s ON s.county = g.county AND s.person_id = g.person_id
WHERE g.programme = 'consumption-voucher' AND g.state <> 'revoked'
  AND s.kind IN ('tekun', 'concentrated_care', 'improvement_action') AND s.known_at < g.issued_at
  AND CAST(s.valid_from AS text) <= substr(CAST(g.issued_at AS text), 1, 10)
  AND (s.valid_to IS NULL OR CAST(s.valid_to AS text) > substr(CAST(g.issued_at AS text), 1, 10));

-- grant.state_contradicts_time
-- zh: 券的状态与日期矛盾
-- en: the state of the voucher and its dates contradict each other
SELECT county, id FROM grant_grant
WHERE (state = 'active') <> (ended_at IS NULL)
   OR substr(CAST(valid_from AS text), 1, 7) <> month OR substr(CAST(valid_to AS text), 1, 7) <> month
   OR valid_to < valid_from OR book_until < valid_to OR ended_at < issued_at
   OR used_on < valid_from OR used_on > book_until
   OR (state = 'expired' AND substr(CAST(ended_at AS text), 1, 10) < CAST(book_until AS text));

-- grant.face_differs
-- zh: 券面额与发券入账之和不符
-- en: the face is not what the purse was filled with
SELECT g.county, g.id FROM grant_grant g
LEFT JOIN (SELECT county, credit_id AS account, SUM(amount) AS units FROM ledger_transfer
           WHERE kind IN ('issue', 'regroup') GROUP BY county, credit_id) c
  ON c.county = g.county AND c.account = g.purse_id
LEFT JOIN (SELECT county, debit_id AS account, SUM(amount) AS units FROM ledger_transfer
           WHERE kind = 'regroup' GROUP BY county, debit_id) d
  ON d.county = g.county AND d.account = g.purse_id
WHERE g.face_fen <= 0 OR g.face_fen <> COALESCE(c.units, 0) - COALESCE(d.units, 0);

-- grant.over_face
-- zh: 核销与预留之和超过面额
-- en: what was redeemed and is held is more than the face
SELECT g.county, g.id FROM grant_grant g
LEFT JOIN (SELECT l.county, l.grant_id, SUM(l.voucher_fen) AS fen FROM redemption_line l
           LEFT JOIN redemption_reversal r ON r.county = l.county AND r.line_id = l.id
           WHERE r.id IS NULL GROUP BY l.county, l.grant_id) p
  ON p.county = g.county AND p.grant_id = g.id
LEFT JOIN (SELECT county, grant_id, SUM(amount_fen) AS fen FROM grant_hold WHERE state = 'held'
           GROUP BY county, grant_id) h
  ON h.county = g.county AND h.grant_id = g.id
WHERE COALESCE(p.fen, 0) + COALESCE(h.fen, 0) > g.face_fen;

-- grant.purse_differs
-- zh: 券上余额不等于面额减去核销和预留
-- en: what stands on the voucher is not its face less what was redeemed and is held
SELECT g.county, g.id FROM grant_grant g
JOIN ledger_account a ON a.county = g.county AND a.id = g.purse_id
LEFT JOIN (SELECT t.county, t.debit_id, SUM(l.voucher_fen) AS fen FROM redemption_line l
           JOIN ledger_transfer t ON t.county = l.county AND t.about = l.id AND t.kind = 'redeem'
           GROUP BY t.county, t.debit_id) p
  ON p.county = g.county AND p.debit_id = g.purse_id
LEFT JOIN (SELECT t.county, t.credit_id, SUM(l.voucher_fen) AS fen FROM redemption_line l
           JOIN redemption_reversal r ON r.county = l.county AND r.line_id = l.id
           JOIN ledger_transfer t ON t.county = l.county AND t.about = l.id AND t.kind = 'reverse'
           GROUP BY t.county, t.credit_id) b
  ON b.county = g.county AND b.credit_id = g.purse_id
LEFT JOIN (SELECT county, grant_id, SUM(amount_fen) AS fen FROM grant_hold WHERE state = 'held'
           GROUP BY county, grant_id) h
  ON h.county = g.county AND h.grant_id = g.id
WHERE g.state = 'active'
  AND a.balance <> g.face_fen - COALESCE(p.fen, 0) + COALESCE(b.fen, 0) - COALESCE(h.fen, 0);

-- grant.ended_with_money
-- zh: 券已失效,余额没有退回
-- en: the voucher has ended and money still stands on it
SELECT g.county, g.id FROM grant_grant g
JOIN ledger_account a ON a.county = g.county AND a.id = g.purse_id
WHERE g.state <> 'active' AND a.balance <> 0;

-- grant.no_purse
-- zh: 券没有自己的账户
-- en: the voucher has no account of its own
SELECT g.county, g.id FROM grant_grant g
LEFT JOIN ledger_account a ON a.county = g.county AND a.id = g.purse_id AND a.kind = 'purse'
WHERE a.id IS NULL;

-- grant.purse_of_two
-- zh: 两张券共用一个账户
-- en: two vouchers share an account
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, purse_id ORDER BY issued_at, id) AS place
    FROM grant_grant) g
WHERE place > 1;

-- grant.hold_differs
-- zh: 预留账户余额与未结预留之和不符
-- en: what stands in the hold account is not the sum of what is held
SELECT a.county, a.id FROM ledger_account a
LEFT JOIN (SELECT county, account_id, SUM(amount_fen) AS fen FROM grant_hold WHERE state = 'held'
           GROUP BY county, account_id) h
  ON h.county = a.county AND h.account_id = a.id
WHERE a.kind = 'hold' AND a.balance <> COALESCE(h.fen, 0);

-- grant.hold_contradicts
-- zh: 预留的状态、金额或时间矛盾
-- en: the state, the amount or the times of the hold contradict each other
SELECT county, id FROM grant_hold
WHERE amount_fen <= 0 OR (state = 'held') <> (ended_at IS NULL) OR ended_at < at OR until < at;

-- grant.hold_outlives_voucher
-- zh: 券已失效,预留还在
-- en: the hold outlives its voucher
SELECT h.county, h.id FROM grant_hold h
JOIN grant_grant g ON g.county = h.county AND g.id = h.grant_id
WHERE h.state = 'held' AND g.state <> 'active';

-- grant.two_groups
-- zh: 一张券在一个月里用于两组服务,或与所选的组不符
-- en: the voucher paid for services of another group than the one chosen for the month
SELECT DISTINCT l.county, l.grant_id FROM redemption_line l
JOIN grant_grant g ON g.county = l.county AND g.id = l.grant_id
WHERE g.category IS NULL OR g.category <> l.category;

-- grant.outside_its_month
-- zh: 券付了别的月份的服务
-- en: the voucher paid for a service outside its month
SELECT l.county, l.id FROM redemption_line l
JOIN grant_grant g ON g.county = l.county AND g.id = l.grant_id
WHERE g.programme <> 'assessment-voucher' AND (l.service_on < g.valid_from OR l.service_on > g.valid_to);

-- grant.paid_after_its_end
-- zh: 券失效之后还付了款
-- en: the voucher paid after it had ended
SELECT t.county, t.id FROM ledger_transfer t
JOIN grant_grant g ON g.county = t.county AND g.purse_id = t.debit_id
WHERE t.kind IN ('redeem', 'hold') AND t.at > g.ended_at;

-- grant.paid_outside_its_days
-- zh: 券在可用日期之外付了款
-- en: the voucher paid before its first or after its last day for booking
SELECT t.county, t.id FROM ledger_transfer t
JOIN grant_grant g ON g.county = t.county AND g.purse_id = t.debit_id
WHERE t.kind IN ('redeem', 'hold') AND (t."on" < g.valid_from OR t."on" > g.book_until);

-- grant.used_without_day
-- zh: 券有核销却没有首用日期
-- en: the voucher was used and has no first day of use
SELECT DISTINCT g.county, g.id FROM grant_grant g
JOIN redemption_line l ON l.county = g.county AND l.grant_id = g.id
WHERE g.used_on IS NULL;

-- grant.budget_one_person
-- zh: 预算由同一人提出和批准
-- en: the budget was proposed and approved by one person
SELECT county, id FROM grant_budget WHERE set_by = approved_by OR approved_by = '';

-- grant.budget_not_in_books
-- zh: 预算与入账不符
-- en: the budget is not what was booked for it
SELECT b.county, b.id FROM grant_budget b
LEFT JOIN (SELECT t.county, t.about, a.id AS account,
                  SUM(CASE WHEN t.credit_id = a.id THEN t.amount ELSE -t.amount END) AS units
           FROM ledger_transfer t
           JOIN grant_budget g ON g.county = t.county AND g.id = t.about
           JOIN ledger_account a ON a.county = t.county AND a.id = g.account_id AND a.id IN (t.credit_id, t.debit_id)
           WHERE t.kind = 'budget' GROUP BY t.county, t.about, a.id) k
  ON k.county = b.county AND k.about = b.id
WHERE b.amount_fen <> COALESCE(k.units, 0);
