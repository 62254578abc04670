-- Whether the books hold by themselves: funds, accounts, transfers and periods.

-- ledger.balance_differs
-- zh: 账户余额与收支之和不符
-- en: the balance kept in the account is not the sum of its transfers
SELECT a.county, a.id FROM ledger_account a
LEFT JOIN (SELECT county, credit_id, SUM(amount) AS units FROM ledger_transfer GROUP BY county, credit_id) c
  ON c.county = a.county AND c.credit_id = a.id
LEFT JOIN (SELECT county, debit_id, SUM(amount) AS units FROM ledger_transfer GROUP BY county, debit_id) d
  ON d.county = a.county AND d.debit_id = a.id
WHERE a.balance IS NOT NULL AND a.balance <> COALESCE(c.units, 0) - COALESCE(d.units, 0);

-- ledger.below_floor
-- zh: 账户余额低于下限
-- en: the account stands below its floor
SELECT county, id FROM ledger_account WHERE balance < floor;

-- ledger.floor_without_balance
-- zh: 账户的下限与余额只记了一个
-- en: the account has a floor without a balance, or a balance without a floor
SELECT county, id FROM ledger_account WHERE (balance IS NULL) <> (floor IS NULL);

-- ledger.debits_differ_from_credits
-- zh: 资金内借贷不平
-- en: within the fund debits and credits do not sum to the same
SELECT f.county, f.id FROM ledger_fund f
JOIN (SELECT moved.county, moved.fund_id, SUM(moved.units) AS units FROM (
        SELECT a.county, a.fund_id, SUM(t.amount) AS units FROM ledger_transfer t
        JOIN ledger_account a ON a.county = t.county AND a.id = t.credit_id GROUP BY a.county, a.fund_id
        UNION ALL
        SELECT a.county, a.fund_id, -SUM(t.amount) AS units FROM ledger_transfer t
        JOIN ledger_account a ON a.county = t.county AND a.id = t.debit_id GROUP BY a.county, a.fund_id) moved
      GROUP BY moved.county, moved.fund_id) s
  ON s.county = f.county AND s.fund_id = f.id
WHERE s.units <> 0;

-- ledger.crosses_funds
-- zh: 一笔记账跨了资金
-- en: the transfer moves between accounts that are not of its fund
SELECT t.county, t.id FROM ledger_transfer t
JOIN ledger_account d ON d.county = t.county AND d.id = t.debit_id
JOIN ledger_account c ON c.county = t.county AND c.id = t.credit_id
WHERE d.fund_id <> t.fund_id OR c.fund_id <> t.fund_id;

-- ledger.no_such_account
-- zh: 记账的账户不存在
-- en: the transfer names an account that is not there
SELECT t.county, t.id FROM ledger_transfer t
LEFT JOIN ledger_account d ON d.county = t.county AND d.id = t.debit_id
LEFT JOIN ledger_account c ON c.county = t.county AND c.id = t.credit_id
WHERE d.id IS NULL OR c.id IS NULL;

-- ledger.amount_not_positive
-- zh: 记账金额不大于零
-- en: the transfer is over nothing, or less
SELECT county, id FROM ledger_transfer WHERE amount <= 0;

-- ledger.to_itself
-- zh: 一笔记账的借贷是同一账户
-- en: the transfer goes from an account to itself
SELECT county, id FROM ledger_transfer WHERE debit_id = credit_id;

-- ledger.moved_twice
-- zh: 同一事由记了两次账
-- en: one occasion was booked twice
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, kind, about, debit_id, credit_id ORDER BY id) AS place
    FROM ledger_transfer
    WHERE about IS NOT NULL AND kind IN ('budget', 'issue', 'redeem', 'reverse', 'hold', 'release', 'capture', 'expire',
                                         'revoke', 'payout', 'payout_offset', 'payout_return', 'draw', 'give_back')) t
WHERE place > 1;

-- ledger.reversed_twice
-- zh: 一笔记账被冲正两次
-- en: one transfer was reversed twice
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, reverses ORDER BY id) AS place
    FROM ledger_transfer WHERE reverses IS NOT NULL) t
WHERE place > 1;

-- ledger.reversal_differs
-- zh: 冲正与原记账不符
-- en: the reversal is not over the amount, the fund and the account of what it reverses
SELECT r.county, r.id FROM ledger_transfer r
LEFT JOIN ledger_transfer t ON t.county = r.county AND t.id = r.reverses
WHERE r.reverses IS NOT NULL
  AND (t.id IS NULL OR t.amount <> r.amount OR t.fund_id <> r.fund_id OR t.credit_id <> r.debit_id OR r.at < t.at);

-- ledger.posted_after_close
-- zh: 结账之后又记进了这个账期
-- en: the transfer entered a period that was closed already
SELECT t.county, t.id FROM ledger_transfer t
JOIN ledger_period p ON p.county = t.county AND p.month = t.month
WHERE t.at > p.closed_at;

-- ledger.booked_into_an_earlier_month
-- zh: 记进了早于记账日的账期
-- en: the transfer stands in a period before the month of its day
SELECT county, id FROM ledger_transfer WHERE month < substr(CAST("on" AS text), 1, 7);

-- ledger.earlier_period_open
-- zh: 后面的账期已结,这个账期还开着
-- en: a later period is closed and this one is still open
SELECT o.county, o.id FROM ledger_period o
JOIN (SELECT county, MAX(month) AS month FROM ledger_period WHERE closed_at IS NOT NULL GROUP BY county) c
  ON c.county = o.county
WHERE o.closed_at IS NULL AND o.month < c.month;

-- ledger.two_periods_of_a_month
-- zh: 一个月有两个账期
-- en: a month has two periods
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, month ORDER BY id) AS place FROM ledger_period) p
WHERE place > 1;

-- ledger.report_missing
-- zh: 已结的账期没有报告、摘要或结账人
-- en: the closed period has no report, digest or author
SELECT county, id FROM ledger_period
WHERE closed_at IS NOT NULL AND (report IS NULL OR digest = '' OR closed_by = '');
