-- Whether love cards hold: what is in each fund and purse, what it was spent on, who decided, what charity matched.

-- card.two_cards
-- zh: 同一人有两张未注销的爱心卡
-- en: one person has two cards that are not closed
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, person_id ORDER BY opened_at, id) AS place
    FROM card_card WHERE state <> 'closed') c
WHERE place > 1;

-- card.no_account
-- zh: 子账户没有自己的账户，或账户不属于它的资金
-- en: the purse has no account of its own in the books of its fund
SELECT p.county, p.id FROM card_purse p
JOIN card_fund f ON f.county = p.county AND f.id = p.fund_id
LEFT JOIN ledger_account a
  ON a.county = p.county AND a.id = p.account_id AND a.kind = 'card_purse' AND a.fund_id = f.books_id
WHERE a.id IS NULL;

-- card.purse_differs
-- zh: 子账户余额不等于充入、充值、配捐减去支出、退款和预留
-- en: what stands in the purse is not what was charged, topped up and matched less what was paid, refunded and held
SELECT p.county, p.id FROM card_purse p
JOIN ledger_account a ON a.county = p.county AND a.id = p.account_id
JOIN card_fund f ON f.county = p.county AND f.id = p.fund_id
LEFT JOIN (SELECT county, purse_id, SUM(amount_fen) AS fen FROM card_charge GROUP BY county, purse_id) c
  ON c.county = p.county AND c.purse_id = p.id
LEFT JOIN (SELECT county, purse_id, SUM(amount_fen - back_fen) AS fen FROM card_match GROUP BY county, purse_id) m
  ON m.county = p.county AND m.purse_id = p.id
LEFT JOIN (SELECT d.county, d.purse_id, SUM(CASE WHEN b.id IS NULL THEN d.amount_fen ELSE 0 END) AS fen
           FROM card_draw d LEFT JOIN card_givenback b
             ON b.county = d.county AND b.draw_id = d.id AND b.restored
           WHERE NOT d.from_fund GROUP BY d.county, d.purse_id) d
  ON d.county = p.county AND d.purse_id = p.id
LEFT JOIN (SELECT county, card_id, SUM(amount_fen - refunded_fen) AS fen FROM card_topup WHERE state = 'paid'
           GROUP BY county, card_id) t
  ON t.county = p.county AND t.card_id = p.card_id AND f.source = 'family'
LEFT JOIN (SELECT county, purse_id, SUM(amount_fen) AS fen FROM card_heirpayment WHERE state = 'paid'
           GROUP BY county, purse_id) h
  ON h.county = p.county AND h.purse_id = p.id
LEFT JOIN (SELECT county, purse_id, SUM(amount_fen - back_fen) AS fen FROM card_holdpart GROUP BY county, purse_id) o
  ON o.county = p.county AND o.purse_id = p.id
WHERE p.state <> 'expired' AND a.balance <> COALESCE(c.fen, 0) + COALESCE(m.fen, 0) + COALESCE(t.fen, 0)
      - COALESCE(d.fen, 0) - COALESCE(h.fen, 0) - COALESCE(o.fen, 0);

-- card.ended_with_money
-- zh: 子账户已结束，余额没有退回
-- en: the purse has ended and money still stands in it
SELECT p.county, p.id FROM card_purse p
JOIN ledger_account a ON a.county = p.county AND a.id = p.account_id
WHERE p.state IN ('expired', 'closed') AND a.balance <> 0;

-- card.level_not_conserved
-- zh: 同一来源和层级的资金，入池之和不等于结余、支出与退还之和
-- en: of one source and level, what was put in is not what stands, was paid and went back
SELECT f.county, MIN(CAST(f.id AS text)) FROM card_fund f
JOIN ledger_account a ON a.county = f.county AND a.id = f.account_id
LEFT JOIN (SELECT county, fund_id, SUM(amount_fen) AS fen FROM card_allotment WHERE state = 'approved'
           GROUP BY county, fund_id) i
  ON i.county = f.county AND i.fund_id = f.id
LEFT JOIN (SELECT county, SUM(amount_fen - refunded_fen) AS fen FROM card_topup WHERE state = 'paid'
           GROUP BY county) t
  ON t.county = f.county AND f.source = 'family'
LEFT JOIN (SELECT p.county, p.fund_id, SUM(a.balance) AS fen FROM card_purse p
           JOIN ledger_account a ON a.county = p.county AND a.id = p.account_id GROUP BY p.county, p.fund_id) s
  ON s.county = f.county AND s.fund_id = f.id
LEFT JOIN (SELECT d.county, d.fund_id, SUM(d.amount_fen) AS fen FROM card_draw d
           LEFT JOIN card_givenback b ON b.county = d.county AND b.draw_id = d.id
           WHERE b.id IS NULL GROUP BY d.county, d.fund_id) d
  ON d.county = f.county AND d.fund_id = f.id
LEFT JOIN (SELECT p.county, p.fund_id, SUM(h.amount_fen) AS fen FROM card_heirpayment h
           JOIN card_purse p ON p.county = h.county AND p.id = h.purse_id
           WHERE h.state = 'paid' GROUP BY p.county, p.fund_id) h
  ON h.county = f.county AND h.fund_id = f.id
LEFT JOIN (SELECT p.county, p.fund_id, SUM(o.amount_fen - o.back_fen) AS fen FROM card_holdpart o
           JOIN card_purse p ON p.county = o.county AND p.id = o.purse_id GROUP BY p.county, p.fund_id) o
  ON o.county = f.county AND o.fund_id = f.id
GROUP BY f.county, f.source, f.level
HAVING SUM(COALESCE(i.fen, 0) + COALESCE(t.fen, 0))
    <> SUM(a.balance + COALESCE(s.fen, 0) + COALESCE(d.fen, 0) + COALESCE(h.fen, 0) + COALESCE(o.fen, 0));

-- card.spent_outside_purpose
-- zh: 限定用途的资金用于名单外的项目，或在有效期之外
-- en: restricted money paid for what is not on its list, or outside its time
SELECT d.county, d.id FROM card_draw d
LEFT JOIN card_purse p ON p.county = d.county AND p.id = d.purse_id AND p.fund_id = d.fund_id
LEFT JOIN card_allowed l ON l.county = d.county AND l.fund_id = d.fund_id AND l.category = d.allowed
WHERE (p.id IS NULL AND d.purse_id IS NOT NULL) OR l.id IS NULL OR (d.allowed <> '*' AND d.allowed <> d.category)
   OR d.service_on < p.valid_from OR d.service_on > p.valid_to
   OR (NOT d.from_fund AND d."on" > p.book_until);

-- card.part_differs
-- zh: 资金池承担的助餐部分不是按约定的金额付出，或付了两次
-- en: a fund paid a part of a meal that its tariff does not say, more than stands on the line, or for somebody else
SELECT d.county, d.id FROM card_draw d
LEFT JOIN card_givenback g ON g.county = d.county AND g.draw_id = d.id
LEFT JOIN redemption_line l ON l.county = d.county AND l.id = d.about
LEFT JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
LEFT JOIN redemption_reversal r ON r.county = l.county AND r.line_id = l.id
LEFT JOIN (SELECT county, about, SUM(amount_fen) AS fen FROM card_draw WHERE purse_id IS NULL GROUP BY county, about) s
  ON s.county = d.county AND s.about = d.about
WHERE d.purse_id IS NULL
  AND (l.id IS NULL OR l.meal_id IS NULL OR s.fen > l.other_fen OR b.person_id <> d.person_id
       OR b.provider_id <> d.provider_id OR l.service_on <> d.service_on OR (r.id IS NULL) <> (g.id IS NULL));

-- card.spent_after_death
-- zh: 去世之后的服务由爱心卡支付
-- en: the card paid for a service after its holder's death
SELECT d.county, d.id FROM card_draw d
JOIN card_purse p ON p.county = d.county AND p.id = d.purse_id
JOIN card_card c ON c.county = p.county AND c.id = p.card_id
JOIN person_person h ON h.county = c.county AND h.id = c.person_id
LEFT JOIN card_givenback b ON b.county = d.county AND b.draw_id = d.id
WHERE b.id IS NULL AND d.service_on > h.died_on;

-- card.collective_undecided
-- zh: 集体资金没有民主决策记录，或超过决议金额
-- en: a collective's money stands on no decision of its villagers, or on more than they decided
SELECT i.county, i.id FROM card_allotment i
LEFT JOIN card_decision d ON d.county = i.county AND d.id = i.decision_id AND d.fund_id = i.fund_id
LEFT JOIN (SELECT county, decision_id, SUM(amount_fen) AS fen FROM card_allotment WHERE state = 'approved'
           GROUP BY county, decision_id) s
  ON s.county = d.county AND s.decision_id = d.id
WHERE i.source = 'collective' AND i.state = 'approved' AND i.amount_fen > 0
  AND (d.id IS NULL OR s.fen > d.amount_fen OR d.votes_for <= d.votes_against + d.abstained);

-- card.charity_without_gift
-- zh: 慈善资金入池没有对应的捐赠
-- en: money came into a charity's fund and no gift stands behind it
SELECT i.county, i.id FROM card_allotment i
LEFT JOIN card_donation g
  ON g.county = i.county AND g.id = i.donation_id AND g.fund_id = i.fund_id AND g.amount_fen = i.amount_fen
WHERE i.source = 'charity' AND i.state = 'approved' AND g.id IS NULL;

-- card.match_count_differs
-- zh: 当月配捐之和与计数不符，或超过每月上限
-- en: what was matched in the month is not what was counted, or is over the month's cap
SELECT n.county, n.id FROM card_matchcount n
LEFT JOIN (SELECT m.county, c.person_id, m.month, SUM(m.amount_fen - m.back_fen) AS fen FROM card_match m
           JOIN card_purse p ON p.county = m.county AND p.id = m.purse_id
           JOIN card_card c ON c.county = p.county AND c.id = p.card_id GROUP BY m.county, c.person_id, m.month) s
  ON s.county = n.county AND s.person_id = n.person_id AND s.month = n.month
WHERE n.matched_fen <> COALESCE(s.fen, 0) OR n.matched_fen > n.cap_fen;

-- card.match_over_topup
-- zh: 配捐多于家庭留在卡里的充值
-- en: charity matched more than what the family left of its top-up
SELECT t.county, t.id FROM card_topup t
JOIN (SELECT county, topup_id, SUM(amount_fen - back_fen) AS fen FROM card_match GROUP BY county, topup_id) m
  ON m.county = t.county AND m.topup_id = t.id
WHERE t.state <> 'paid' OR m.fen > t.amount_fen - t.refunded_fen;

-- card.not_booked
-- zh: 充入、扣款、退回、充值或配捐没有同额入账
-- en: a charge, a draw, what was given back, a top-up or a match is not booked with its amount
SELECT r.county, r.id FROM (
    SELECT county, id, 'charge' AS kind, id AS about, amount_fen AS fen FROM card_charge
    UNION ALL SELECT county, id, 'draw', id, amount_fen FROM card_draw
    UNION ALL SELECT b.county, b.id, 'give_back', b.draw_id, d.amount_fen FROM card_givenback b
              JOIN card_draw d ON d.county = b.county AND d.id = b.draw_id
    UNION ALL SELECT county, id, 'topup', id, amount_fen FROM card_topup WHERE state = 'paid'
    UNION ALL SELECT county, id, 'match', id, amount_fen FROM card_match
    UNION ALL SELECT county, id, 'refund', id, amount_fen FROM card_refund
    UNION ALL SELECT county, id, 'hold', id, amount_fen FROM card_hold
    UNION ALL SELECT county, id, 'to_heir', id, amount_fen FROM card_heirpayment WHERE state = 'paid') r
LEFT JOIN (SELECT county, kind, about, SUM(amount) AS units FROM ledger_transfer GROUP BY county, kind, about) t
  ON t.county = r.county AND t.kind = r.kind AND t.about = r.about
WHERE COALESCE(t.units, 0) <> r.fen;

-- card.refund_differs
-- zh: 退款之和与充值上记的不符
-- en: the refunds of a top-up are not what it says was refunded
SELECT t.county, t.id FROM card_topup t
LEFT JOIN (SELECT county, topup_id, SUM(amount_fen) AS fen FROM card_refund GROUP BY county, topup_id) r
  ON r.county = t.county AND r.topup_id = t.id
WHERE t.refunded_fen <> COALESCE(r.fen, 0);

-- card.one_person
-- zh: 资金设立、入池或退给继承人由同一人经办和审批
-- en: a fund, money put into it, or a payment to an heir was proposed and approved by one person
SELECT county, id FROM card_fund WHERE opened_by = approved_by
UNION ALL SELECT county, id FROM card_allotment WHERE state <> 'open' AND proposed_by = decided_by
UNION ALL SELECT county, id FROM card_heirpayment WHERE state <> 'open' AND proposed_by = decided_by;

-- card.hold_differs
-- zh: 预留账户余额不等于尚未用掉和退回的预留，或预留的各部分之和不等于预留额
-- en: what stands beside a purse is not what is held of it, or the parts of a hold are not the hold
SELECT o.county, MIN(CAST(o.id AS text)) FROM card_holdpart o
JOIN ledger_account a ON a.county = o.county AND a.id = o.account_id
GROUP BY o.county, o.account_id, a.balance, a.kind
HAVING a.kind <> 'card_hold' OR a.balance <> SUM(o.amount_fen - o.back_fen)
UNION ALL
SELECT h.county, CAST(h.id AS text) FROM card_hold h
LEFT JOIN (SELECT county, hold_id, SUM(amount_fen) AS fen, SUM(amount_fen - back_fen) AS left_fen FROM card_holdpart
           GROUP BY county, hold_id) o
  ON o.county = h.county AND o.hold_id = h.id
WHERE COALESCE(o.fen, 0) <> h.amount_fen
   OR COALESCE(o.left_fen, 0) <> CASE WHEN h.state = 'held' THEN h.amount_fen - h.taken_fen ELSE 0 END;
