-- Whether credits hold: who has how many, what they were earned by, and what is owed to whoever gave help for them.

-- credit.units_differ
-- zh: 积分余额不等于见证计入减去支付和失效
-- en: the credits that somebody has are not what was witnessed less what was spent and lapsed
SELECT h.county, h.id FROM credit_holder h
JOIN ledger_account a ON a.county = h.county AND a.id = h.account_id
LEFT JOIN (SELECT county, holder_id, SUM(units) AS units FROM credit_deed WHERE state = 'credited'
           GROUP BY county, holder_id) e
  ON e.county = h.county AND e.holder_id = h.id
LEFT JOIN (SELECT county, holder_id, SUM(units) AS units FROM credit_spending WHERE given_back IS NULL
           GROUP BY county, holder_id) s
  ON s.county = h.county AND s.holder_id = h.id
LEFT JOIN (SELECT county, debit_id, SUM(amount) AS units FROM ledger_transfer WHERE kind = 'credit_lapsed'
           GROUP BY county, debit_id) l
  ON l.county = h.county AND l.debit_id = h.account_id
WHERE a.balance <> COALESCE(e.units, 0) - COALESCE(s.units, 0) - COALESCE(l.units, 0);

-- credit.owed_differs
-- zh: 积分抵付的钱没有如数记为应付机构
-- en: what credits were worth is not what the scheme owes the provider who gave help for them
SELECT p.county, p.id FROM credit_spending p
JOIN credit_holder h ON h.county = p.county AND h.id = p.holder_id
JOIN credit_scheme s ON s.county = h.county AND s.id = h.scheme_id
LEFT JOIN ledger_fund f ON f.county = s.county AND f.code = 'credit:' || s.code AND f.unit = 'fen'
LEFT JOIN ledger_account a
  ON a.county = f.county AND a.fund_id = f.id AND a.code = 'payable:' || CAST(p.provider_id AS text)
LEFT JOIN ledger_transfer t
  ON t.county = p.county AND t.id = p.owed AND t.credit_id = a.id AND t.amount = p.worth_fen AND t.about = p.about
LEFT JOIN ledger_transfer b ON b.county = p.county AND b.reverses = p.owed
WHERE t.id IS NULL OR (p.given_back IS NULL) <> (b.id IS NULL)
   OR (b.id IS NOT NULL AND (b.debit_id <> a.id OR b.amount <> p.worth_fen));

-- credit.paid_elsewhere
-- zh: 积分对应的钱流向了机构以外
-- en: money of a scheme of credits went to somebody else than a provider
SELECT t.county, t.id FROM ledger_transfer t
JOIN ledger_fund f ON f.county = t.county AND f.id = t.fund_id AND f.code LIKE 'credit:%'
JOIN ledger_account a ON a.county = t.county AND a.id = t.debit_id
JOIN ledger_account b ON b.county = t.county AND b.id = t.credit_id
WHERE (a.kind, b.kind) NOT IN (('source', 'payable'), ('payable', 'source'), ('payable', 'paid'), ('paid', 'payable'));

-- credit.line_differs
-- zh: 账单行的积分抵付与积分支付记录不符
-- en: what credits pay on the line is not what was spent on it
SELECT l.county, l.id FROM redemption_line l
LEFT JOIN (SELECT county, about, SUM(worth_fen) AS fen, COUNT(given_back) AS back, COUNT(*) AS times
           FROM credit_spending GROUP BY county, about) p
  ON p.county = l.county AND p.about = l.id
LEFT JOIN redemption_reversal r ON r.county = l.county AND r.line_id = l.id
WHERE l.credit_fen <> COALESCE(p.fen, 0) OR (r.id IS NULL AND p.back > 0) OR (r.id IS NOT NULL AND p.back < p.times);
