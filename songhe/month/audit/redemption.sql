-- Whether every bill is one that may be paid, sums, and stands in the books once.

-- redemption.line_does_not_sum
-- zh: 账单行的各方之和不等于费用
-- en: the parts of the line do not sum to its fee
SELECT county, id FROM redemption_line
WHERE fee_fen <> ltci_fen + other_fen + voucher_fen + credit_fen + purse_fen + self_fen OR fee_fen <= 0
   OR ltci_fen < 0 OR other_fen < 0 OR voucher_fen < 0 OR credit_fen < 0 OR purse_fen < 0 OR self_fen < 0;

-- redemption.base_differs
-- zh: 抵扣基数不等于费用减去其他公共资金,或范围外的行用了券
-- en: the base is not the fee less other public money, or the voucher paid beyond it
SELECT county, id FROM redemption_line
WHERE voucher_fen > base_fen OR (in_scope AND ratio <> '' AND base_fen <> fee_fen - ltci_fen - other_fen)
   OR ((NOT in_scope OR ratio = '') AND base_fen <> 0);

-- redemption.above_ratio
-- zh: 券付的超过比例或限额
-- en: the voucher paid more than its ratio or its cap allows
WITH written AS (SELECT DISTINCT ratio, length(rtrim(ratio, '0123456789')) AS slash,
                        rtrim(ltrim(ratio, '0123456789'), '0123456789') AS middle
                 FROM redemption_line WHERE ratio <> ''),
ratios AS (SELECT ratio, CAST(substr(ratio, 1, slash - 1) AS bigint) AS n,
                  NULLIF(CAST(substr(ratio, slash + 1) AS bigint), 0) AS d
           FROM written WHERE middle = '/' AND slash > 1 AND slash < length(ratio))
SELECT l.county, l.id FROM redemption_line l
LEFT JOIN ratios r ON r.ratio = l.ratio
WHERE l.voucher_fen > 0
  AND (r.d IS NULL OR r.n > r.d OR l.voucher_fen > (2 * r.n * l.base_fen + r.d) / (2 * r.d)
       OR l.cap_fen IS NULL OR l.voucher_fen > l.cap_fen);

-- redemption.terms_differ
-- zh: 账单行用的限额或版本不是券上的
-- en: the line was paid on another cap or version than the voucher carries
SELECT l.county, l.id FROM redemption_line l
JOIN grant_grant g ON g.county = l.county AND g.id = l.grant_id
WHERE (l.cap_fen <> g.face_fen AND g.programme <> 'assessment-voucher') OR l.pack <> g.pack OR l.version <> g.version;

-- redemption.bill_does_not_sum
-- zh: 账单合计与各行之和不符
-- en: the sums of the bill are not those of its lines
SELECT b.county, b.id FROM redemption_bill b
LEFT JOIN (SELECT county, bill_id, SUM(fee_fen) AS fee, SUM(ltci_fen) AS ltci, SUM(other_fen) AS other,
                  SUM(voucher_fen) AS voucher, SUM(credit_fen) AS credit, SUM(purse_fen) AS purse,
                  SUM(self_fen) AS self FROM redemption_line GROUP BY county, bill_id) l
  ON l.county = b.county AND l.bill_id = b.id
WHERE b.state IN ('booked', 'provisional', 'reversed')
  AND (l.fee IS NULL OR b.fee_fen <> l.fee OR b.ltci_fen <> l.ltci OR b.other_fen <> l.other
       OR b.voucher_fen <> l.voucher OR b.credit_fen <> l.credit OR b.purse_fen <> l.purse OR b.self_fen <> l.self);

-- redemption.state_contradicts
-- zh: 账单状态与明细、入账日期或冲正矛盾
-- en: the state of the bill contradicts its lines, its day of booking or its reversals
SELECT b.county, b.id FROM redemption_bill b
LEFT JOIN (SELECT l.county, l.bill_id, COUNT(*) AS lines, COUNT(r.id) AS reversed FROM redemption_line l
           LEFT JOIN redemption_reversal r ON r.county = l.county AND r.line_id = l.id
           GROUP BY l.county, l.bill_id) x
  ON x.county = b.county AND x.bill_id = b.id
WHERE (b.state IN ('handed_in', 'refused') AND (x.lines IS NOT NULL OR b.booked_at IS NOT NULL))
   OR (b.state IN ('booked', 'provisional') AND (b.booked_at IS NULL OR x.lines = x.reversed))
   OR (b.state = 'reversed' AND (b.booked_at IS NULL OR x.lines <> x.reversed))
   OR b.booked_at < b.handed_in_at;

-- redemption.another_person
-- zh: 账单、券和明细不是同一个人的
-- en: the bill, its voucher and its lines are not of one person
SELECT b.county, b.id FROM redemption_bill b
JOIN grant_grant g ON g.county = b.county AND g.id = b.grant_id
WHERE g.person_id <> b.person_id OR g.month <> b.month
UNION
SELECT l.county, l.id FROM redemption_line l
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
WHERE l.grant_id <> b.grant_id OR l.category <> b.category;

-- redemption.not_in_books
-- zh: 券付的部分没有照数记账
-- en: what the voucher paid is not booked to the provider, once and to the fen
SELECT l.county, l.id FROM redemption_line l
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
LEFT JOIN (SELECT t.county, t.about, SUM(t.amount) AS fen, MIN(c.code) AS first, MAX(c.code) AS last
           FROM ledger_transfer t JOIN ledger_account c ON c.county = t.county AND c.id = t.credit_id
           WHERE t.kind = 'redeem' GROUP BY t.county, t.about) k
  ON k.county = l.county AND k.about = l.id
WHERE COALESCE(k.fen, 0) <> l.voucher_fen
   OR (l.voucher_fen > 0 AND (k.first <> 'payable:' || CAST(b.provider_id AS text) OR k.last <> k.first));

-- redemption.booked_without_line
-- zh: 有核销记账而没有账单行
-- en: a payment is booked for a line that is not there
SELECT t.county, t.id FROM ledger_transfer t
LEFT JOIN redemption_line l ON l.county = t.county AND l.id = t.about
WHERE t.kind IN ('redeem', 'reverse') AND l.id IS NULL;

-- redemption.reversal_not_in_books
-- zh: 冲正没有照数记账
-- en: the reversal is not booked, once and to the fen
SELECT r.county, r.id FROM redemption_reversal r
JOIN redemption_line l ON l.county = r.county AND l.id = r.line_id
LEFT JOIN (SELECT county, about, SUM(amount) AS fen FROM ledger_transfer WHERE kind = 'reverse'
           GROUP BY county, about) k
  ON k.county = l.county AND k.about = l.id
WHERE COALESCE(k.fen, 0) <> l.voucher_fen;

-- redemption.reversed_beyond
-- zh: 冲正多于原额,或没有冲正记录
-- en: more was taken back than was paid, or without a reversal
SELECT l.county, l.id FROM redemption_line l
JOIN (SELECT county, about, SUM(amount) AS fen FROM ledger_transfer WHERE kind = 'reverse' GROUP BY county, about) k
  ON k.county = l.county AND k.about = l.id
LEFT JOIN redemption_reversal r ON r.county = l.county AND r.line_id = l.id
WHERE k.fen > l.voucher_fen OR r.id IS NULL;

-- redemption.reversed_twice
-- zh: 一行冲正了两次
-- en: the line was reversed twice
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, line_id ORDER BY at, id) AS place
    FROM redemption_reversal) r
WHERE place > 1;

-- redemption.after_death
-- zh: 付了去世之后的服务,还没有冲正
-- en: a service after the person's death was paid and not reversed
SELECT l.county, l.id FROM redemption_line l
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
JOIN person_person p ON p.county = b.county AND p.id = b.person_id
LEFT JOIN redemption_reversal r ON r.county = l.county AND r.line_id = l.id
WHERE p.died_on IS NOT NULL AND l.service_on > p.died_on AND r.id IS NULL;

-- redemption.ahead_of_service
-- zh: 服务还没有发生就入了账
-- en: the service was booked before it was given
SELECT l.county, l.id FROM redemption_line l
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
WHERE l.service_on > b.booked_on;

-- redemption.provider_not_listed
-- zh: 服务当日机构没有签约这一组,也不是准入该类别的爱心商家
-- en: the provider was not listed for the group on the day of service, nor, without a voucher, a merchant admitted for it
SELECT l.county, l.id FROM redemption_line l
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
JOIN provider_item i ON i.id = l.item_id
LEFT JOIN provider_listing s ON s.provider_id = b.provider_id AND s.county = COALESCE(NULLIF(b.served_in, ''), b.county)
     AND s.valid_from <= l.service_on AND (s.valid_to IS NULL OR s.valid_to >= l.service_on)
     AND CAST(s.categories AS text) LIKE '%"' || l.category || '"%'
WHERE s.id IS NULL AND l.assessment_id IS NULL AND (l.grant_id IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM provider_partner m
    WHERE m.provider_id = b.provider_id AND m.county = COALESCE(NULLIF(b.served_in, ''), b.county)
      AND m.valid_from <= l.service_on AND CAST(m.helps AS text) LIKE '%"' || i.help || '"%'
      AND (m.state = 'admitted' OR (m.state = 'left' AND m.last_day >= l.service_on))));

-- redemption.provider_suspended
-- zh: 机构暂停期间的服务入了账
-- en: a service was booked of a day on which its provider was known to be suspended
SELECT DISTINCT l.county, l.id FROM redemption_line l
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
JOIN provider_suspension s ON s.provider_id = b.provider_id AND s.county = b.county
     AND s.since <= l.service_on AND (s.until IS NULL OR s.until >= l.service_on) AND s.at < b.booked_at
WHERE b.replaces_id IS NULL AND (l.stay_id IS NULL OR s.residents_until < l.service_on);

-- redemption.assessment_paid_twice
-- zh: 一次评估的费用付了两次
-- en: the fee of one assessment was paid twice
SELECT county, id FROM (
    SELECT l.county, l.id, ROW_NUMBER() OVER (PARTITION BY l.county, l.assessment_id ORDER BY l.id) AS place
    FROM redemption_line l
    LEFT JOIN redemption_reversal r ON r.county = l.county AND r.line_id = l.id
    WHERE l.assessment_id IS NOT NULL AND r.id IS NULL) x
WHERE place > 1;

-- redemption.above_price
-- zh: 收费高于机构公布的价格(升级项目为差价,用餐为餐价,租金为租出时的日租),或当日没有公布
-- en: the fee is above the published price of the day: an upgrade's difference, a meal's tariff, the rent that was agreed
SELECT l.county, l.id FROM redemption_line l
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
LEFT JOIN provider_price p ON p.provider_id = b.provider_id AND p.item_id = l.item_id
     AND p.valid_from <= l.service_on AND (p.valid_to IS NULL OR p.valid_to >= l.service_on)
LEFT JOIN provider_upgrade u ON u.id = l.upgrade_id AND u.provider_id = b.provider_id
     AND u.valid_from <= l.service_on AND (u.valid_to IS NULL OR u.valid_to >= l.service_on)
LEFT JOIN meal_line m ON m.county = l.county AND m.id = l.meal_id AND m.item_id = l.item_id
LEFT JOIN aid_rent r ON r.county = l.county AND r.id = l.rent_id
WHERE l.fee_fen > l.price_fen * l.quantity
   OR (l.meal_id IS NOT NULL AND (m.id IS NULL OR m.price_fen <> l.price_fen))
   OR (l.rent_id IS NOT NULL AND (r.id IS NULL OR r.day_fen <> l.price_fen))
   OR (l.meal_id IS NULL AND l.rent_id IS NULL AND (p.id IS NULL OR (l.upgrade_id IS NULL AND p.price_fen <> l.price_fen)
       OR (l.upgrade_id IS NOT NULL AND (u.id IS NULL OR u.price_fen - p.price_fen <> l.price_fen))));

-- redemption.visit_billed_twice
-- zh: 一次服务入了两次账
-- en: one visit is charged by two lines
SELECT county, id FROM (
    SELECT l.county, l.id, ROW_NUMBER() OVER (PARTITION BY l.county, l.visit_id ORDER BY l.id) AS place
    FROM redemption_line l
    LEFT JOIN redemption_reversal r ON r.county = l.county AND r.line_id = l.id
    WHERE l.visit_id IS NOT NULL AND l.upgrade_id IS NULL AND r.id IS NULL) x
WHERE place > 1;

-- redemption.visit_differs
-- zh: 账单行与服务记录的人、机构、项目或日期不符
-- en: the visit of the line is of another person, provider, item or day
SELECT l.county, l.id FROM redemption_line l
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
LEFT JOIN service_visit v ON v.county = l.county AND v.id = l.visit_id
WHERE l.visit_id IS NOT NULL
  AND (v.id IS NULL OR v.person_id <> b.person_id OR v.provider_id <> b.provider_id OR v.item_id <> l.item_id
       OR v.service_on <> l.service_on OR v.quantity < l.quantity);

-- redemption.visit_points_elsewhere
-- zh: 服务记录上的入账行与账单不符
-- en: the visit does not point at the line that charges it
SELECT v.county, v.id FROM service_visit v
LEFT JOIN redemption_line l ON l.county = v.county AND l.id = v.billed_line
LEFT JOIN redemption_reversal r ON r.county = l.county AND r.line_id = l.id
WHERE v.billed_line IS NOT NULL AND (l.id IS NULL OR l.visit_id IS NULL OR l.visit_id <> v.id OR r.id IS NOT NULL)
UNION
SELECT v.county, v.id FROM redemption_line l
JOIN service_visit v ON v.county = l.county AND v.id = l.visit_id
LEFT JOIN redemption_reversal r ON r.county = l.county AND r.line_id = l.id
WHERE r.id IS NULL AND v.billed_line IS NULL;

-- redemption.stay_differs
-- zh: 服务当日不在所指的入住期内
-- en: on the day of service the person did not live with the provider
SELECT l.county, l.id FROM redemption_line l
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
LEFT JOIN service_stay s ON s.county = l.county AND s.id = l.stay_id
WHERE l.stay_id IS NOT NULL
  AND (s.id IS NULL OR s.person_id <> b.person_id OR s.provider_id <> b.provider_id
       OR s.admitted_on > l.service_on OR s.discharged_on < l.service_on);

-- redemption.without_verdict
-- zh: 账单行没有凭据结论
-- en: the line has no verdict
SELECT l.county, l.id FROM redemption_line l
LEFT JOIN redemption_verdict v ON v.county = l.county AND v.line_id = l.id
WHERE v.id IS NULL;

-- redemption.settled_flag_differs
-- zh: 凭据结论上的“已结算”与结算单、异地清算单不符
-- en: the verdict says settled and no statement or claim on another county has the line, or the other way round
SELECT v.county, v.id FROM redemption_verdict v
LEFT JOIN (SELECT county, line_id FROM settlement_statementline
           UNION SELECT county, line_id FROM settlement_claimline) x
  ON x.county = v.county AND x.line_id = v.line_id
WHERE v.settled <> (x.line_id IS NOT NULL);

-- redemption.purse_differs
-- zh: 爱心卡支付的与子账户支出不符，或不是持卡人本人的卡
-- en: what the card paid of the line is not what its purses gave for it, or the card is another person's
SELECT l.county, l.id FROM redemption_line l
JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
LEFT JOIN card_card c ON c.county = b.county AND c.id = b.card_id
LEFT JOIN (SELECT d.county, d.about, SUM(d.amount_fen) AS fen, COUNT(DISTINCT p.card_id) AS cards,
                  MIN(CAST(p.card_id AS text)) AS card
           FROM card_draw d JOIN card_purse p ON p.county = d.county AND p.id = d.purse_id
           GROUP BY d.county, d.about) d
  ON d.county = l.county AND d.about = l.id
WHERE l.purse_fen <> COALESCE(d.fen, 0)
   OR (l.purse_fen > 0 AND (d.cards <> 1 OR d.card <> CAST(c.id AS text) OR c.person_id <> b.person_id));
