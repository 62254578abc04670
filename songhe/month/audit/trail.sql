-- Whether what was done once was done once, and whether it was noted.

-- jobs.key_with_two_effects
-- zh: 同一幂等键生效了两次
-- en: one key of a client had two effects
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, client, key ORDER BY at, id) AS place FROM jobs_once) o
WHERE place > 1;

-- jobs.key_without_answer
-- zh: 幂等键已生效,没有留下答复
-- en: a key was taken and its answer is missing
SELECT county, id FROM jobs_once WHERE answer IS NULL;

-- trail.booking_not_noted
-- zh: 账单入账没有留痕
-- en: a bill was booked and nobody noted it
WITH noted AS (SELECT DISTINCT county, replace(subject_id, '-', '') AS bill FROM trail_entry
               WHERE act IN ('redemption.redeem', 'redemption.rebook'))
SELECT b.county, b.id FROM redemption_bill b
LEFT JOIN noted n ON n.county = b.county AND n.bill = replace(CAST(b.id AS text), '-', '')
WHERE b.booked_at IS NOT NULL AND n.bill IS NULL;

-- trail.reversal_not_noted
-- zh: 冲正没有留痕
-- en: a bill was reversed and nobody noted it
WITH noted AS (SELECT DISTINCT county, replace(subject_id, '-', '') AS bill FROM trail_entry
               WHERE act = 'redemption.reverse')
SELECT DISTINCT l.county, l.bill_id FROM redemption_reversal r
JOIN redemption_line l ON l.county = r.county AND l.id = r.line_id
LEFT JOIN noted n ON n.county = l.county AND n.bill = replace(CAST(l.bill_id AS text), '-', '')
WHERE n.bill IS NULL;

-- trail.payout_not_noted
-- zh: 审批或放行没有留痕
-- en: a statement was approved or a pay-out released and nobody noted it
WITH noted AS (SELECT DISTINCT county, act, replace(subject_id, '-', '') AS subject FROM trail_entry
               WHERE act IN ('settlement.approve', 'settlement.carry', 'settlement.release'))
SELECT s.county, s.id FROM settlement_statement s
LEFT JOIN noted n ON n.county = s.county AND n.subject = replace(CAST(s.id AS text), '-', '')
     AND n.act <> 'settlement.release'
WHERE s.approved_by <> '' AND n.subject IS NULL
UNION
SELECT b.county, b.id FROM settlement_batch b
LEFT JOIN noted n ON n.county = b.county AND n.subject = replace(CAST(b.id AS text), '-', '')
     AND n.act = 'settlement.release'
WHERE b.released_by <> '' AND n.subject IS NULL;

-- trail.reason_missing
-- zh: 冲正或撤销没有写明理由
-- en: something was taken back and no reason given
SELECT county, id FROM redemption_reversal WHERE reason = ''
UNION
SELECT county, id FROM grant_grant WHERE state = 'revoked' AND ended_because = '';
