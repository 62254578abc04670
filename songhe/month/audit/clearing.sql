-- Whether what counties owe each other is what their bills say, on both sides, and was cleared once.

-- clearing.claimed_differs
-- zh: 清算单的行与资金实付不符
-- en: a line of a claim is not what the fund's purse paid at a provider of the serving county
SELECT x.county, x.id FROM settlement_claimline x
JOIN settlement_claim c ON c.county = x.county AND c.id = x.claim_id
JOIN redemption_line l ON l.county = x.county AND l.id = x.line_id
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
LEFT JOIN (SELECT county, about, fund_id, SUM(amount_fen) AS fen FROM card_draw GROUP BY county, about, fund_id) d
  ON d.county = x.county AND d.about = x.line_id AND d.fund_id = x.fund_id
WHERE x.amount_fen <> CASE WHEN x.kind = 'REFUND' THEN -1 ELSE 1 END * COALESCE(d.fen, 0)
   OR b.served_in <> c.serving OR b.provider_id <> x.provider_id OR b.month <> x.service_month;

-- clearing.refund_without_charge
-- zh: 清算冲减没有先前的报送或冲正
-- en: a refund in a claim has no charge before it, or no reversal of its line
SELECT x.county, x.id FROM settlement_claimline x
LEFT JOIN redemption_reversal r ON r.county = x.county AND r.id = x.reversal_id AND r.line_id = x.line_id
LEFT JOIN settlement_claimline y
  ON y.county = x.county AND y.line_id = x.line_id AND y.fund_id = x.fund_id AND y.kind = 'CHARGE'
WHERE x.kind = 'REFUND' AND (r.id IS NULL OR y.id IS NULL OR y.amount_fen <> -x.amount_fen);

-- clearing.claim_does_not_sum
-- zh: 清算单合计与各行之和不符
-- en: the sums of a claim are not those of its lines
SELECT c.county, c.id FROM settlement_claim c
LEFT JOIN (SELECT county, claim_id, COUNT(*) AS lines, SUM(amount_fen) AS fen
           FROM settlement_claimline GROUP BY county, claim_id) x
  ON x.county = c.county AND x.claim_id = c.id
WHERE c.lines <> COALESCE(x.lines, 0) OR c.amount_fen <> COALESCE(x.fen, 0);

-- clearing.claim_not_booked
-- zh: 清算单没有记入资金账册
-- en: a fund's books do not show what it owes another county by its claims
SELECT x.county, x.fund_id FROM (
    SELECT x.county, x.fund_id, x.claim_id, SUM(x.amount_fen) AS fen
    FROM settlement_claimline x GROUP BY x.county, x.fund_id, x.claim_id) x
JOIN card_fund f ON f.county = x.county AND f.id = x.fund_id
JOIN settlement_claim c ON c.county = x.county AND c.id = x.claim_id
LEFT JOIN ledger_account a ON a.county = f.county AND a.fund_id = f.books_id AND a.code = 'clearing:' || c.serving
LEFT JOIN (SELECT county, about, account, SUM(fen) AS fen FROM (
               SELECT county, about, credit_id AS account, amount AS fen FROM ledger_transfer WHERE kind = 'clear'
               UNION ALL
               SELECT county, about, debit_id, -amount FROM ledger_transfer WHERE kind = 'clear') m
           GROUP BY county, about, account) t
  ON t.county = x.county AND t.about = x.claim_id AND t.account = a.id
WHERE x.fen <> COALESCE(t.fen, 0);

-- clearing.received_not_booked
-- zh: 收到的清算单没有记入账册
-- en: our books do not show what another county owes us by its claims
SELECT r.county, r.id FROM settlement_received r
LEFT JOIN (SELECT county, received_id, SUM(amount_fen) AS fen FROM settlement_receivedline
           GROUP BY county, received_id) x
  ON x.county = r.county AND x.received_id = r.id
LEFT JOIN ledger_fund f ON f.county = r.county AND f.code = 'clearing:' || r.home
LEFT JOIN ledger_account a ON a.county = f.county AND a.fund_id = f.id AND a.code = 'receivable:' || r.home
LEFT JOIN (SELECT county, about, account, SUM(fen) AS fen FROM (
               SELECT county, about, debit_id AS account, amount AS fen FROM ledger_transfer WHERE kind = 'receive'
               UNION ALL
               SELECT county, about, credit_id, -amount FROM ledger_transfer WHERE kind = 'receive') m
           GROUP BY county, about, account) t
  ON t.county = r.county AND t.about = r.id AND t.account = a.id
WHERE COALESCE(x.fen, 0) <> COALESCE(t.fen, 0);

-- clearing.paid_by_another_statement
-- zh: 清算行进了别的机构或项目的结算单
-- en: a line of another county's claim is on a statement of another provider or programme
SELECT x.county, x.id FROM settlement_receivedline x
JOIN settlement_received r ON r.county = x.county AND r.id = x.received_id
JOIN settlement_statement s ON s.county = x.county AND s.id = x.statement_id
WHERE s.provider_id <> x.provider_id OR s.programme <> 'clearing:' || r.home;

-- clearing.settled_and_differs
-- zh: 已经清算，双方所记却不同
-- en: a claim is cleared on both sides, and the serving county has another sum of it
SELECT c.county, c.id FROM settlement_claim c
JOIN settlement_received r ON r.county = c.serving AND r.home = c.county AND r.no = c.no AND r.settled_month <> ''
LEFT JOIN (SELECT county, received_id, SUM(amount_fen) AS fen FROM settlement_receivedline
           GROUP BY county, received_id) x
  ON x.county = r.county AND x.received_id = r.id
JOIN settlement_net n ON n.county = c.county AND n.other = c.serving AND n.month = c.settled_month
 AND n.state IN ('agreed', 'settled')
WHERE c.amount_fen <> COALESCE(x.fen, 0);

-- clearing.nets_differ
-- zh: 双方一致的轧差两边金额不同
-- en: both sides agreed on a net and do not say the same
SELECT n.county, n.id FROM settlement_net n
JOIN settlement_net m ON m.county = n.other AND m.other = n.county AND m.month = n.month
WHERE n.state IN ('agreed', 'settled') AND m.state IN ('agreed', 'settled')
  AND (n.word <> m.word OR n.out_fen <> m.in_fen OR n.in_fen <> m.out_fen);

-- clearing.net_by_one_person
-- zh: 同一人确认差额又登记清算
-- en: who booked the net had confirmed it, or nobody had
SELECT county, id FROM settlement_net
WHERE (settled_by <> '' AND settled_by = confirmed_by) OR (state IN ('agreed', 'settled') AND confirmed_by = '');

-- clearing.net_not_booked
-- zh: 已清算的差额没有记入账册
-- en: a net is cleared and the books do not show it
SELECT n.county, n.id FROM settlement_net n
LEFT JOIN (SELECT t.county, t.about,
                  SUM(CASE WHEN t.kind = 'net_out' AND d.kind = 'clearing' THEN t.amount
                           WHEN t.kind = 'net_out' THEN -t.amount ELSE 0 END) AS out_fen,
                  SUM(CASE WHEN t.kind = 'net_in' AND d.kind = 'cleared' THEN t.amount
                           WHEN t.kind = 'net_in' THEN -t.amount ELSE 0 END) AS in_fen
           FROM ledger_transfer t JOIN ledger_account d ON d.county = t.county AND d.id = t.debit_id
           WHERE t.kind IN ('net_out', 'net_in') GROUP BY t.county, t.about) b
  ON b.county = n.county AND b.about = n.id
WHERE COALESCE(b.out_fen, 0) <> CASE WHEN n.state = 'settled' THEN n.out_fen ELSE 0 END
   OR COALESCE(b.in_fen, 0) <> CASE WHEN n.state = 'settled' THEN n.in_fen ELSE 0 END;

-- clearing.served_without_agreement
-- zh: 异地刷卡没有当日有效的协议
-- en: a card paid in another county on a day without an agreement
SELECT l.county, l.id FROM redemption_line l
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
WHERE b.served_in <> '' AND NOT EXISTS (
    SELECT 1 FROM provider_agreement g
    WHERE g.home = b.county AND g.serving = b.served_in AND g.state IN ('agreed', 'ended')
      AND g.valid_from <= l.service_on AND (g.last_day IS NULL OR l.service_on <= g.last_day));
