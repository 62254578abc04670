-- aid.out_differs
-- zh: 辅具的状态与租借记录不符
-- en: a piece is out without an open loan, or has one and is not out
SELECT p.county, p.id FROM aid_piece p
LEFT JOIN (SELECT county, piece_id, COUNT(*) AS loans FROM aid_loan WHERE returned_on IS NULL GROUP BY county, piece_id) l
  ON l.county = p.county AND l.piece_id = p.id
WHERE (p.state = 'out' AND COALESCE(l.loans, 0) <> 1) OR (p.state <> 'out' AND COALESCE(l.loans, 0) <> 0);

-- aid.lent_twice
-- zh: 同一件辅具同一天租给两个人
-- en: one piece was lent to two people on one day
SELECT a.county, a.id FROM aid_loan a
JOIN aid_loan b ON b.county = a.county AND b.piece_id = a.piece_id AND b.id > a.id
WHERE a.out_on < COALESCE(b.returned_on, '9999-12-31') AND b.out_on < COALESCE(a.returned_on, '9999-12-31');

-- aid.not_disinfected
-- zh: 归还后没有消毒就租给了下一个人
-- en: a piece went to the next user without being disinfected since it came back
SELECT b.county, b.id FROM aid_loan b
JOIN aid_loan a ON a.county = b.county AND a.piece_id = b.piece_id AND a.id <> b.id
  AND a.returned_on IS NOT NULL AND a.returned_on <= b.out_on AND a.at < b.at
WHERE NOT EXISTS (SELECT 1 FROM aid_cleaning c WHERE c.county = b.county AND c.piece_id = b.piece_id
  AND c."on" >= a.returned_on AND c."on" <= b.out_on);

-- aid.rent_outside_loan
-- zh: 租金天数超出租用期间
-- en: rent is asked for days on which the piece was not there
SELECT r.county, r.id FROM aid_rent r
JOIN aid_loan l ON l.county = r.county AND l.id = r.loan_id
WHERE r.days > 0 AND (r.first < l.out_on OR (l.returned_on IS NOT NULL AND r.last >= l.returned_on));

-- aid.rent_after_death
-- zh: 租金算到了去世以后
-- en: rent is asked for days after a death
SELECT r.county, r.id FROM aid_rent r
JOIN aid_loan l ON l.county = r.county AND l.id = r.loan_id
JOIN person_person p ON p.county = l.county AND p.id = l.person_id
WHERE r.days > 0 AND p.died_on IS NOT NULL AND r.last > p.died_on;

-- aid.deposit_kept
-- zh: 扣下的押金没有损坏认定，或多于认定的金额
-- en: of a deposit more was kept than was decided for a damage
SELECT d.county, d.id FROM aid_deposit d
LEFT JOIN aid_inspection i ON i.county = d.county AND i.loan_id = d.loan_id AND i.state = 'decided'
WHERE d.state = 'settled' AND d.kept_fen > COALESCE(i.decided_fen, 0);

-- aid.deposit_back_early
-- zh: 辅具还没有归还，押金已经退结
-- en: a deposit was settled while the piece is out
SELECT d.county, d.id FROM aid_deposit d
JOIN aid_loan l ON l.county = d.county AND l.id = d.loan_id
WHERE d.state = 'settled' AND l.returned_on IS NULL;

-- aid.damage_one_person
-- zh: 损坏由同一人提出和认定
-- en: a damage was claimed and decided by one person, or decided by nobody
SELECT county, id FROM aid_inspection
WHERE (decided_by <> '' AND decided_by = checked_by) OR (state = 'decided' AND claimed_fen > 0 AND decided_by = '');

-- aid.recalled_lent
-- zh: 正在召回的辅具租了出去
-- en: a piece was handed over after it was called back
SELECT l.county, l.id FROM aid_loan l
JOIN aid_piece p ON p.county = l.county AND p.id = l.piece_id
JOIN aid_recall r ON r.county = p.county AND r.id = p.recall_id
WHERE l.out_on > r."on";
