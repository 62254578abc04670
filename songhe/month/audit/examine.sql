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
