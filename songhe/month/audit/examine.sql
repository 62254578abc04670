-- examine.value_differs
-- zh: 考核指标的数值与冻结的计数不符
-- en: the value of an indicator is not what its frozen counts give
SELECT f.county, f.id FROM examine_figure f
WHERE f.value <> CASE WHEN f.scale = 0 THEN f.num WHEN f.den = 0 THEN 0
  ELSE (2 * f.num * f.scale + f.den) / (2 * f.den) END;

-- examine.points_differ
-- zh: 考核指标的得分与办法的分档不符
-- en: the points of an indicator are not what the bands of the scheme give
SELECT f.county, f.id FROM examine_figure f
JOIN examine_examination x ON x.county = f.county AND x.id = f.examination_id
LEFT JOIN examine_step s ON s.county = f.county AND s.edition_id = x.edition_id AND s.indicator = f.indicator
  AND s.start = (SELECT MAX(b.start) FROM examine_step b WHERE b.county = f.county AND b.edition_id = x.edition_id
    AND b.indicator = f.indicator AND b.start <= f.value)
WHERE s.id IS NULL OR f.weight <> s.weight
  OR COALESCE(f.points, -1) <> CASE WHEN f.den >= s.least THEN s.points ELSE -1 END;

-- examine.score_differs
-- zh: 公布的考核得分与按指标重新计算的不符
-- en: a score is not what its indicators give when it is computed anew
SELECT c.county, c.id FROM examine_score c
JOIN examine_examination x ON x.county = c.county AND x.id = c.examination_id
JOIN examine_edition e ON e.county = x.county AND e.id = x.edition_id
LEFT JOIN (SELECT county, examination_id, provider_id, SUM(weight) AS whole,
    SUM(CASE WHEN points IS NULL THEN 0 ELSE weight END) AS judged, SUM(weight * COALESCE(points, 0)) AS points
  FROM examine_figure GROUP BY county, examination_id, provider_id) f
  ON f.county = c.county AND f.examination_id = c.examination_id AND f.provider_id = c.provider_id
WHERE c.weight <> COALESCE(f.judged, 0) OR COALESCE(c.total, -1) <> CASE
  WHEN COALESCE(f.judged, 0) = 0 OR f.judged * 100 < e.least_weight * f.whole THEN -1
  ELSE (2 * f.points + f.judged) / (2 * f.judged) END;

-- examine.one_person
-- zh: 考核由同一人作出和公布
-- en: an examination was drawn up and published by one person
SELECT county, id FROM examine_examination
WHERE state IN ('published', 'replaced') AND (decided_by = '' OR decided_by = drawn_by);

-- examine.no_warning
-- zh: 公布的得分低于底线，机构却没有收到整改通知
-- en: a published score is below the line and its provider was not warned
SELECT c.county, c.id FROM examine_score c
JOIN examine_examination x ON x.county = c.county AND x.id = c.examination_id
JOIN examine_edition e ON e.county = x.county AND e.id = x.edition_id
WHERE x.state = 'published' AND c.total < e.line AND NOT EXISTS (
  SELECT 1 FROM examine_caution w WHERE w.county = c.county AND w.provider_id = c.provider_id AND w.cause = 'score'
    AND w.given_at <= x.decided_at AND (w.decided_at IS NULL OR w.decided_at >= x.decided_at));

-- examine.stranded
-- zh: 机构已办结退出，却有老人还住在那里、餐还订在那里或服务还派在那里，没有安置
-- en: an exit is finished, and somebody who lives, eats or is served there has no new place
SELECT x.county, h.id FROM examine_exit x
JOIN (
  SELECT county, id, provider_id, 'stay' AS kind, recorded_at AS since FROM service_stay WHERE discharged_on IS NULL
  UNION ALL
  SELECT b.county, b.id, o.provider_id, 'booking', b.booked_at FROM meal_booking b
    JOIN meal_menu m ON m.county = b.county AND m.id = b.menu_id JOIN meal_point o ON o.id = m.point_id
    WHERE b.state = 'booked'
  UNION ALL
  SELECT n.county, n.id, n.provider_id, 'need', s.at FROM outreach_need n
    JOIN examine_steering s ON s.county = n.county AND s.need_id = n.id AND s.provider_id = n.provider_id
    WHERE n.state IN ('ordered', 'accepted')
) h ON h.county = x.county AND h.provider_id = x.provider_id AND h.since <= x.finished_at
WHERE x.state = 'finished' AND NOT EXISTS (
  SELECT 1 FROM examine_placement p WHERE p.county = x.county AND p.exit_id = x.id AND p.kind = h.kind
    AND p.subject = h.id);

-- examine.steered_amiss
-- zh: 老人没有指定机构，派单没有按公布的得分和远近，也没有原因
-- en: the elder named nobody, and the order went past whom contract, published score and distance put first
SELECT s.county, s.id FROM examine_steering s
LEFT JOIN examine_offered f ON f.county = s.county AND f.steering_id = s.id AND f.provider_id = s.provider_id
WHERE (s.way = 'other' AND s.because = '') OR (s.way = 'first' AND (f.id IS NULL OR EXISTS (
  SELECT 1 FROM examine_offered o WHERE o.county = s.county AND o.steering_id = s.id AND o.id <> f.id AND (
    (o.contracted AND NOT f.contracted) OR (o.contracted = f.contracted AND (
      COALESCE(o.score, s.middle) / 10 > COALESCE(f.score, s.middle) / 10
      OR (COALESCE(o.score, s.middle) / 10 = COALESCE(f.score, s.middle) / 10
        AND COALESCE(o.metres / 1000, 1000000) < COALESCE(f.metres / 1000, 1000000))))))));

-- examine.steered_by_other_scores
-- zh: 派单时用的得分不是公布的得分
-- en: an order was steered by a score that was not the published one
SELECT o.county, o.id FROM examine_offered o
JOIN examine_steering s ON s.county = o.county AND s.id = o.steering_id
LEFT JOIN examine_score c ON c.county = s.county AND c.examination_id = s.examination_id AND c.provider_id = o.provider_id
WHERE COALESCE(o.score, -1) <> COALESCE(c.total, -1);

-- examine.exit_one_person
-- zh: 机构退出由同一人提出和批准
-- en: an exit was proposed and approved by one person
SELECT county, id FROM examine_exit WHERE state IN ('running', 'finished') AND (decided_by = '' OR decided_by = begun_by);
