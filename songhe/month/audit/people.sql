-- Whether the files on people, their rights and those who decide on them hold.

-- person.two_open_files
-- zh: 同一人有两份未关闭的档案
-- en: one human has two open files
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY identity ORDER BY opened_on, id) AS place
    FROM person_person WHERE identity IS NOT NULL AND closed_on IS NULL) p
WHERE place > 1;

-- person.death_differs
-- zh: 档案的去世日期与核实的报告不符
-- en: the day of death in the file is not the one that was verified
SELECT p.county, p.id FROM person_person p
JOIN person_event v ON v.county = p.county AND v.person_id = p.id
WHERE v.kind = 'death' AND v.state = 'verified' AND (p.died_on IS NULL OR p.died_on <> v.happened_on);

-- person.statuses_overlap
-- zh: 同一种身份的两段时间重叠
-- en: two spans of one status overlap
SELECT county, id FROM (
    SELECT county, id, valid_from, LAG(valid_from) OVER w AS before_from,
           MAX(COALESCE(CAST(valid_to AS text), '9999-12-31')) OVER (
               PARTITION BY county, person_id, kind ORDER BY valid_from, id
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_to
    FROM person_status WINDOW w AS (PARTITION BY county, person_id, kind ORDER BY valid_from, id)) s
WHERE before_from IS NOT NULL AND CAST(valid_from AS text) <= before_to;

-- person.event_one_person
-- zh: 同一人报告又核实了变动
-- en: what happened was reported and verified by one person
SELECT county, id FROM person_event WHERE verified_by <> '' AND verified_by = reported_by
UNION
SELECT county, id FROM person_event WHERE state = 'verified' AND (verified_by = '' OR verified_at IS NULL);

-- assessment.two_stand
-- zh: 同一人同时有两个有效的评估结果
-- en: two results of one person stand at once
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, person_id ORDER BY id) AS place
    FROM assessment_assessment WHERE state IN ('effective', 'disputed')) a
WHERE place > 1;

-- assessment.one_assessor
-- zh: 评估没有两名评估师,或两名是同一人
-- en: the assessment was not made by two assessors
SELECT county, id FROM assessment_assessment
WHERE origin = 'assessed' AND state IN ('submitted', 'effective', 'disputed', 'replaced')
  AND (first_assessor_id IS NULL OR second_assessor_id IS NULL OR first_assessor_id = second_assessor_id);

-- eligibility.two_current
-- zh: 同一人同一项目有两个现行判定
-- en: two determinations of one person and programme are current
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, person_id, policy ORDER BY at, id) AS place
    FROM eligibility_determination WHERE current) d
WHERE place > 1;

-- entitlement.two_in_force
-- zh: 同一人同一项目有两个资格
-- en: one person has two rights of a programme in force
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, person_id, policy ORDER BY approved_on, id) AS place
    FROM entitlement_entitlement WHERE state <> 'stopped') e
WHERE place > 1;

-- entitlement.without_decision
-- zh: 资格没有批准的申请或符合的判定
-- en: the right stands on no approved application, or on no determination that found for it
SELECT e.county, e.id FROM entitlement_entitlement e
JOIN entitlement_application a ON a.county = e.county AND a.id = e.application_id
WHERE a.state <> 'approved' OR a.person_id <> e.person_id OR a.policy <> e.policy OR a.decided_by = ''
UNION
SELECT e.county, e.id FROM entitlement_entitlement e
LEFT JOIN (SELECT DISTINCT county, person_id, policy FROM eligibility_determination WHERE outcome = 'entitled') d
  ON d.county = e.county AND d.person_id = e.person_id AND d.policy = e.policy
WHERE d.person_id IS NULL;

-- entitlement.one_person
-- zh: 同一人审核又批准,或报告又核实了终止
-- en: one person reviewed and approved an application, or reported and verified an ending
SELECT county, id FROM entitlement_application WHERE decided_by <> '' AND decided_by = reviewed_by
UNION
SELECT county, id FROM entitlement_ending WHERE verified_by <> '' AND verified_by = reported_by;

-- service.two_open_stays
-- zh: 同一人同时住在两处
-- en: one person lives in two places
SELECT county, id FROM (
    SELECT county, id, ROW_NUMBER() OVER (PARTITION BY county, person_id ORDER BY admitted_on, id) AS place
    FROM service_stay WHERE discharged_on IS NULL) s
WHERE place > 1;

-- service.override_one_person
-- zh: 同一人申请又同意改变凭据结论
-- en: one person asked to set a verdict aside and granted it
SELECT county, id FROM service_override WHERE decided_by <> '' AND decided_by = asked_by;

-- provider.listing_one_person
-- zh: 同一人经办又批准了签约
-- en: a listing was made and approved by one person
SELECT county, id FROM provider_listing WHERE listed_by = approved_by OR approved_by = '';

-- provider.account_one_person
-- zh: 同一人提出又批准了收款账户
-- en: a bank account was proposed and approved by one person
SELECT p.place, a.id FROM provider_bankaccount a JOIN provider_provider p ON p.id = a.provider_id
WHERE a.approved_by <> '' AND a.approved_by = a.proposed_by;

-- policy.release_one_person
-- zh: 同一人起草又复核了政策包
-- en: a release of a pack was drafted and reviewed by one person
SELECT substr(pack, 1, 6), id FROM policy_packrelease WHERE reviewed_by <> '' AND reviewed_by = created_by;
