-- Whether tills without a network stay within their bounds, book each slip once, and skip no number.

-- offline.promised_differs
-- zh: 设备当天的担保额不等于单据担保之和，或超过限额
-- en: what was guaranteed for a device is not what its slips carry, or is over its limit
SELECT d.county, d.id FROM offline_deviceday d
JOIN (SELECT county, device_id, SUM(promised_fen) AS fen FROM offline_deviceday GROUP BY county, device_id) p
  ON p.county = d.county AND p.device_id = d.device_id
LEFT JOIN (SELECT county, device_id, SUM(guaranteed_fen) AS fen FROM offline_slip GROUP BY county, device_id) s
  ON s.county = d.county AND s.device_id = d.device_id
WHERE d.promised_fen > d.most_fen OR p.fen <> COALESCE(s.fen, 0);

-- offline.card_promised_differs
-- zh: 卡在商家当天的担保额超过限额，或各卡之和不等于各设备之和
-- en: what was guaranteed for a card is over its limit, or the cards' sum at a merchant is not the devices'
SELECT c.county, c.id FROM offline_cardday c
JOIN (SELECT county, provider_id, "on", SUM(promised_fen) AS fen FROM offline_cardday GROUP BY county, provider_id, "on") p
  ON p.county = c.county AND p.provider_id = c.provider_id AND p."on" = c."on"
LEFT JOIN (SELECT d.county, v.provider_id, d."on", SUM(d.promised_fen) AS fen FROM offline_deviceday d
           JOIN offline_device v ON v.county = d.county AND v.id = d.device_id
           GROUP BY d.county, v.provider_id, d."on") s
  ON s.county = c.county AND s.provider_id = c.provider_id AND s."on" = c."on"
WHERE c.promised_fen > c.most_fen OR p.fen <> COALESCE(s.fen, 0);

-- offline.borne_differs
-- zh: 县承担的金额不等于处理结果之和，或超过担保额
-- en: what the county bore for a device is not what was decided, or is more than it guaranteed
SELECT d.county, MIN(CAST(d.id AS text)) FROM offline_deviceday d
LEFT JOIN (SELECT county, device_id, SUM(borne_fen) AS fen FROM offline_trouble GROUP BY county, device_id) t
  ON t.county = d.county AND t.device_id = d.device_id
GROUP BY d.county, d.device_id, t.fen
HAVING SUM(d.borne_fen) <> COALESCE(t.fen, 0)
    OR SUM(CASE WHEN d.borne_fen > d.promised_fen THEN 1 ELSE 0 END) > 0;

-- offline.borne_not_booked
-- zh: 县承担或收回的金额没有在担保资金入账
-- en: what the county bore, or what came back of it, is not booked in its guarantee
SELECT o.county, o.id FROM offline_trouble o
LEFT JOIN (SELECT county, about, SUM(CASE WHEN kind = 'bear' THEN amount ELSE 0 END) AS out,
                  SUM(CASE WHEN kind = 'unbear' THEN amount ELSE 0 END) AS back
           FROM ledger_transfer WHERE kind IN ('bear', 'unbear') GROUP BY county, about) t
  ON t.county = o.county AND t.about = o.id
WHERE o.borne_fen <> COALESCE(t.out, 0) OR o.back_fen <> COALESCE(t.back, 0);

-- offline.guarantee_differs
-- zh: 担保资金余额不等于注资减去承担再加收回
-- en: what stands in the guarantee is not what was put in, less what it bore, plus what came back
SELECT a.county, a.id FROM ledger_account a
JOIN ledger_fund f ON f.county = a.county AND f.id = a.fund_id AND f.code = 'offline-guarantee'
LEFT JOIN (SELECT county, SUM(amount_fen) AS fen FROM offline_endowment WHERE state = 'approved' GROUP BY county) e
  ON e.county = a.county
LEFT JOIN (SELECT county, SUM(borne_fen - back_fen) AS fen FROM offline_trouble GROUP BY county) b
  ON b.county = a.county
WHERE a.code = 'guarantee' AND a.balance <> COALESCE(e.fen, 0) - COALESCE(b.fen, 0);

-- offline.bill_differs
-- zh: 离线单据与入账账单的商家、金额或缺口不符
-- en: a slip and its bill differ in merchant, amount, or what no purse paid
SELECT s.county, s.id FROM offline_slip s
JOIN offline_device d ON d.county = s.county AND d.id = s.device_id
JOIN redemption_bill b ON b.county = s.county AND b.id = s.bill_id
WHERE b.provider_id <> d.provider_id OR b.fee_fen > s.amount_fen
   OR (b.state <> 'reversed' AND b.self_fen <> s.short_fen);

-- offline.number_skipped
-- zh: 设备的单据编号有缺，没有异常记录
-- en: a device's numbers have a gap of which no exception tells
SELECT d.county, d.id FROM offline_device d
JOIN (SELECT county, device_id, COUNT(*) AS slips FROM offline_slip GROUP BY county, device_id) s
  ON s.county = d.county AND s.device_id = d.id
WHERE s.slips < d.last_counter AND NOT EXISTS (
    SELECT 1 FROM offline_trouble t WHERE t.county = d.county AND t.device_id = d.id AND t.code = 'offline.gap');

-- offline.trouble_untold
-- zh: 离线单据有异常或缺口，没有异常记录
-- en: a slip is troubled or short and nobody was told
SELECT s.county, s.id FROM offline_slip s
WHERE (s.state = 'troubled' OR s.short_fen > 0) AND NOT EXISTS (
    SELECT 1 FROM offline_trouble t WHERE t.county = s.county AND t.slip_id = s.id);

-- offline.one_person
-- zh: 离线设备准入或担保注资由同一人提出和批准
-- en: a device or money for the guarantee was proposed and approved by one person
SELECT county, id FROM offline_device WHERE decided_by <> '' AND decided_by = proposed_by
UNION ALL SELECT county, id FROM offline_endowment WHERE decided_by <> '' AND decided_by = proposed_by;
