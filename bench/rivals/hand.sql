-- Contract 2 to 5 in DuckDB SQL by hand: what a competent engineer would write who knows this one policy and this one
-- package (Parquet, Chinese headers, typed columns). $package, $as_of and the quarters are filled in by hand_sql.py.

-- 2. Spelling and identity numbers -----------------------------------------------------------------------------------
CREATE MACRO tidy(text) AS nullif(trim(text), '');
CREATE MACRO fen(yuan) AS CASE WHEN round(yuan * 100) / 100 = yuan THEN CAST(round(yuan * 100) AS BIGINT) END;
CREATE MACRO digit(number, place) AS TRY_CAST(substr(number, place, 1) AS INTEGER);
CREATE MACRO check_character(number) AS substr('10X98765432', (
    digit(number, 1) * 7 + digit(number, 2) * 9 + digit(number, 3) * 10 + digit(number, 4) * 5 + digit(number, 5) * 8
    + digit(number, 6) * 4 + digit(number, 7) * 2 + digit(number, 8) * 1 + digit(number, 9) * 6 + digit(number, 10) * 3
    + digit(number, 11) * 7 + digit(number, 12) * 9 + digit(number, 13) * 10 + digit(number, 14) * 5
    + digit(number, 15) * 8 + digit(number, 16) * 4 + digit(number, 17) * 2) % 11 + 1, 1);
CREATE MACRO squeezed(number) AS upper(ltrim(regexp_replace(number, '\s', '', 'g'), '''"‘’“”`'));
CREATE MACRO longer(number) AS CASE
    WHEN regexp_full_match(number, '\d{15}')
    THEN number[1:6] || '19' || number[7:15] || check_character(number[1:6] || '19' || number[7:15])
    WHEN length(number) IN (20, 22) AND regexp_full_match(number[1:18], '\d{17}[\dX]') THEN number[1:18]
    ELSE number END;
CREATE MACRO born(number) AS CAST(try_strptime(number[7:14], '%Y%m%d') AS DATE);
CREATE MACRO right_number(number) AS CASE
    WHEN regexp_full_match(number, '\d{17}[\dX]') AND check_character(number) = number[18] AND born(number) IS NOT NULL
    THEN number END;

-- 2. Households and members, the first row of an id only -------------------------------------------------------------
CREATE TEMP TABLE household AS
SELECT tidy(户编号) AS household_id, tidy(连队) AS unit, 住房等级 AS dwelling_grade, 饮水安全 AS water_safe
FROM read_parquet('$package/households.parquet', file_row_number = true)
WHERE tidy(户编号) IS NOT NULL AND tidy(连队) IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY tidy(户编号) ORDER BY file_row_number) = 1;

CREATE TEMP TABLE member AS
WITH written AS MATERIALIZED (
    SELECT
        file_row_number AS mid, tidy(户编号) AS household_id, tidy(人员编号) AS member_id, tidy(姓名) AS name,
        longer(squeezed(身份证号)) AS spelled, 出生日期 AS birth_date, 在校生状况 AS schooling,
        医疗保险 AS medical_insurance, coalesce(共同生活, true) AS shares_budget, 加入日期 AS joined_on, 离开日期 AS left_on
    FROM read_parquet('$package/members.parquet', file_row_number = true) SEMI JOIN household ON tidy(户编号) = household_id
    WHERE tidy(人员编号) IS NOT NULL AND tidy(姓名) IS NOT NULL
), checked AS (SELECT *, right_number(spelled) AS number FROM written)
SELECT
    mid, household_id, name, number, coalesce(birth_date, born(number)) AS birth_date, schooling, medical_insurance,
    shares_budget AND coalesce(joined_on <= DATE '$as_of', true) AND coalesce(left_on > DATE '$as_of', true) AS here,
    shares_budget AND coalesce(joined_on <= DATE '$year_ago', true) AND coalesce(left_on > DATE '$year_ago', true)
        AS here_year_ago
FROM checked WHERE mid IN (SELECT min(mid) FROM written GROUP BY member_id);

-- 2. Matching: the number, else name and birth date where the number is blank or wrong -------------------------------
CREATE TEMP TABLE number_owner AS
SELECT number, any_value(mid) AS mid, count(*) AS people FROM member WHERE number IS NOT NULL GROUP BY number;
CREATE TEMP TABLE name_owner AS
SELECT name, birth_date, any_value(mid) AS mid, count(*) AS people FROM member
WHERE birth_date IS NOT NULL GROUP BY name, birth_date;

CREATE MACRO owner(by_number, number, by_name) AS CASE WHEN number IS NOT NULL THEN by_number ELSE by_name END;

CREATE TEMP TABLE bill AS
WITH written AS (
    SELECT DISTINCT
        longer(squeezed(身份证号)) AS spelled, tidy(姓名) AS name, 出生日期 AS birth_date, 结算日期 AS settled_on,
        fen(总费用) AS total, coalesce(fen(基本医保支付), 0) AS basic, coalesce(fen(大病保险支付), 0) AS catastrophic,
        coalesce(fen(医疗救助支付), 0) AS aid, fen(个人自付) AS self
    FROM read_parquet('$package/medical.parquet')
    WHERE 结算日期 IS NOT NULL AND fen(总费用) IS NOT NULL AND fen(个人自付) IS NOT NULL
), checked AS (SELECT *, right_number(spelled) AS number FROM written)
SELECT
    owner(n.mid, r.number, b.mid) AS mid, sum(r.total - r.basic - r.catastrophic) AS after_insurance, sum(r.aid) AS aid,
    sum(r.self) AS self
FROM checked r
LEFT JOIN number_owner n ON r.number = n.number AND n.people = 1
LEFT JOIN name_owner b ON CASE WHEN r.number IS NULL THEN r.name END = b.name AND r.birth_date = b.birth_date AND b.people = 1
WHERE r.settled_on BETWEEN DATE '$window_start' AND DATE '$window_end'
GROUP BY 1 HAVING owner(n.mid, r.number, b.mid) IS NOT NULL;

CREATE TEMP TABLE roll AS
WITH written AS (
    SELECT DISTINCT
        longer(squeezed(身份证号)) AS spelled, tidy(姓名) AS name, 出生日期 AS birth_date, 学籍状态 AS status,
        tidy(年级) AS grade, 截至日期 AS as_of
    FROM read_parquet('$package/school.parquet') WHERE 学籍状态 IS NOT NULL AND 截至日期 IS NOT NULL
), checked AS (SELECT *, right_number(spelled) AS number FROM written)
SELECT owner(n.mid, r.number, b.mid) AS mid, arg_max(r.status, (r.as_of, r.status = '辍学')) AS status
FROM checked r
LEFT JOIN number_owner n ON r.number = n.number AND n.people = 1
LEFT JOIN name_owner b ON CASE WHEN r.number IS NULL THEN r.name END = b.name AND r.birth_date = b.birth_date AND b.people = 1
WHERE r.as_of <= DATE '$as_of'
GROUP BY 1 HAVING owner(n.mid, r.number, b.mid) IS NOT NULL;

CREATE TEMP TABLE cover AS
WITH written AS (
    SELECT DISTINCT
        longer(squeezed(身份证号)) AS spelled, tidy(姓名) AS name, 出生日期 AS birth_date, 年度 AS year, 参保状态 AS status
    FROM read_parquet('$package/insurance.parquet') WHERE 年度 IS NOT NULL AND 参保状态 IS NOT NULL
), checked AS (SELECT *, right_number(spelled) AS number FROM written)
SELECT owner(n.mid, r.number, b.mid) AS mid, bool_or(r.status = '参保') AS covered
FROM checked r
LEFT JOIN number_owner n ON r.number = n.number AND n.people = 1
LEFT JOIN name_owner b ON CASE WHEN r.number IS NULL THEN r.name END = b.name AND r.birth_date = b.birth_date AND b.people = 1
WHERE r.year = year(DATE '$as_of')
GROUP BY 1 HAVING owner(n.mid, r.number, b.mid) IS NOT NULL;

-- 3 and 4. One row a household from its members, its ledger and its events -------------------------------------------
CREATE TEMP TABLE family AS
WITH person AS (
    SELECT
        m.household_id, here, here_year_ago, birth_date IS NULL AS birth_unknown,
        birth_date <= DATE '$as_of' - INTERVAL 6 YEAR AND birth_date > DATE '$as_of' - INTERVAL 16 YEAR AS school_age,
        CASE WHEN s.status IS NOT NULL THEN s.status = '辍学' ELSE schooling IN ('非在校生', '辍学') END AS out_of_school,
        regexp_matches(schooling, '^(普通高中|中职|高职高专|技师学院|本科|硕士)') AS higher,
        CASE WHEN i.covered IS NOT NULL THEN NOT i.covered ELSE medical_insurance = '未参保' END AS uninsured,
        b.after_insurance, b.aid, b.self
    FROM member m LEFT JOIN bill b USING (mid) LEFT JOIN roll s USING (mid) LEFT JOIN cover i USING (mid)
)
SELECT
    household_id, count(*) FILTER (here) AS n, count(*) FILTER (here_year_ago) AS m,
    count(*) FILTER (here AND school_age AND out_of_school) AS children_out,
    count(*) FILTER (here AND (birth_unknown OR school_age AND out_of_school IS NULL)) AS children_unknown,
    count(*) FILTER (here AND higher) AS students, count(*) FILTER (here AND uninsured) AS uninsured,
    count(*) FILTER (here AND uninsured IS NULL) AS insurance_unknown,
    sum(after_insurance) FILTER (here) AS after_insurance, sum(aid) FILTER (here) AS aid, sum(self) FILTER (here) AS self
FROM person GROUP BY household_id;

CREATE TEMP TABLE purse AS
WITH line AS (
    SELECT
        tidy(户编号) AS household_id, CAST(季度[1:4] AS INTEGER) * 4 + CAST(季度[6] AS INTEGER) - 1 AS quarter,
        类别 AS kind, fen(金额) AS amount,
        类别 IN ('工资性收入', '生产经营性收入', '财产性收入', '转移性收入', '生产经营性支出') AS covers,
        CASE WHEN 类别 = '生产经营性支出' THEN -fen(金额) ELSE fen(金额) END AS signed
    FROM read_parquet('$package/ledger.parquet') WHERE fen(金额) IS NOT NULL
)
SELECT
    household_id,
    sum(signed) FILTER (covers AND quarter BETWEEN $w AND $w + 3) AS sum_w,
    sum(signed) FILTER (covers AND quarter BETWEEN $w - 4 AND $w - 1) AS sum_p,
    sum(signed) FILTER (covers AND quarter BETWEEN $y AND $y + 3) AS sum_y,
    bit_or(1 << (quarter - $w + 8)) FILTER (covers AND quarter BETWEEN $w - 8 AND $w + 7) AS seen,
    sum(amount) FILTER (kind = '医疗刚性支出' AND quarter BETWEEN $w AND $w + 3) AS medical,
    sum(amount) FILTER (kind = '教育刚性支出' AND quarter BETWEEN $w AND $w + 3) AS education,
    sum(amount) FILTER (kind IN ('灾害刚性支出', '其他刚性支出') AND quarter BETWEEN $w AND $w + 3) AS other,
    sum(amount) FILTER (kind = '理赔收入' AND quarter BETWEEN $w AND $w + 3) AS claims
FROM line GROUP BY household_id;

CREATE TEMP TABLE cause AS
SELECT DISTINCT tidy(户编号) AS household_id FROM read_parquet('$package/events.parquet')
WHERE 发生日期 BETWEEN DATE '$window_start' AND DATE '$as_of' AND 事由 IS NOT NULL;

-- 4. Figures, rules, and the household row ---------------------------------------------------------------------------
CREATE TEMP VIEW result AS
WITH figure AS (
    SELECT
        h.*, coalesce(f.n, 0) AS n, nullif(f.n, 0) AS heads, nullif(f.m, 0) AS heads_ago, coalesce(f.children_out, 0) AS children_out,
        coalesce(f.children_unknown, 0) AS children_unknown, coalesce(f.students, 0) AS students,
        coalesce(f.uninsured, 0) AS uninsured, coalesce(f.insurance_unknown, 0) AS insurance_unknown,
        coalesce(f.after_insurance, 0) AS after_insurance, coalesce(f.aid, 0) AS aid, coalesce(p.seen, 0) AS seen,
        CASE WHEN p.seen & $mask_w = $mask_w THEN p.sum_w END AS net,
        CASE WHEN p.seen & $mask_p = $mask_p THEN p.sum_p END AS net_p,
        CASE WHEN p.seen & $mask_y = $mask_y THEN p.sum_y END AS net_y,
        greatest(coalesce(p.medical, 0), coalesce(f.self, 0)) AS rigid_medical, coalesce(p.education, 0) AS education,
        rigid_medical + coalesce(p.education, 0) + coalesce(p.other, 0) AS rigid, coalesce(p.claims, 0) AS claims,
        c.household_id IS NOT NULL AS cause, coalesce(net_y, net_p) AS base
    FROM household h LEFT JOIN family f USING (household_id) LEFT JOIN purse p USING (household_id)
    LEFT JOIN cause c ON h.household_id = c.household_id
), first_rules AS (
    SELECT
        *, CASE WHEN net < 800000 * heads THEN 'met' WHEN net >= 800000 * heads THEN 'not_met' ELSE 'unknown' END AS r1,
        CASE WHEN rigid <= 0 THEN 'not_met' WHEN base IS NULL THEN 'unknown'
            WHEN base <= 0 OR rigid > base THEN if(cause, 'met', 'suspected')
            WHEN rigid * 100 >= base * 60 THEN 'suspected' ELSE 'not_met' END AS r2,
        net_p * heads AS before, net_p * heads - net * heads_ago AS fall,
        CASE WHEN fall IS NULL THEN 'unknown' WHEN before <= 0 THEN 'not_met'
            WHEN fall * 100 >= before * 30 THEN if(cause, 'met', 'suspected')
            WHEN fall * 100 >= before * 20 THEN 'suspected' ELSE 'not_met' END AS r3,
        if(after_insurance > if(coalesce(net < 1000000 * n, false), 500000, 2000000), 'met', 'not_met') AS r5
    FROM figure
), rules AS (
    SELECT
        *, CASE WHEN r1 = 'unknown' THEN 'unknown' WHEN r1 = 'met' THEN 'not_met'
            WHEN net + claims - rigid_medical < 800000 * heads THEN 'suspected' ELSE 'not_met' END AS r4,
        if(r5 = 'met' AND aid = 0, 'met', 'not_met') AS r6,
        CASE WHEN children_out > 0 THEN 'met' WHEN children_unknown > 0 THEN 'unknown' ELSE 'not_met' END AS r7,
        if(students > 0 AND education > 1000000, 'met', 'not_met') AS r8,
        CASE WHEN uninsured > 0 THEN 'met' WHEN insurance_unknown > 0 THEN 'unknown' ELSE 'not_met' END AS r9,
        CASE WHEN dwelling_grade IN ('C', 'D') THEN 'met' WHEN dwelling_grade IS NULL THEN 'unknown' ELSE 'not_met' END AS r10,
        CASE WHEN water_safe THEN 'not_met' WHEN water_safe IS NULL THEN 'unknown' ELSE 'met' END AS r11
    FROM first_rules
), lists AS (
    SELECT *, $met AS rules_met, $suspected AS rules_suspected, $unknown AS rules_unknown FROM rules
)
SELECT
    household_id, unit, '$as_of' AS as_of, '$window' AS window, n AS members, net AS net_income_fen,
    CASE WHEN heads > 0 THEN CAST(CAST(floor_division(net, heads) AS DECIMAL(18, 0)) * 0.01 AS VARCHAR) END
        AS net_income_per_head,
    base AS base_income_fen, CASE WHEN net_y IS NOT NULL THEN '$last_year' WHEN net_p IS NOT NULL THEN '$before' END AS base_period,
    rigid AS rigid_fen,
    CASE WHEN net <= 500000 * heads THEN 'severe' WHEN net < 800000 * heads THEN 'low' WHEN net >= 800000 * heads THEN 'above' END
        AS tier,
    nullif(concat_ws('+', if(r1 = 'met', 'A', NULL), if(r2 = 'met' OR r3 = 'met', 'B', NULL)), '') AS route,
    CASE WHEN r1 = 'met' OR r2 = 'met' OR r3 = 'met' THEN 'met' WHEN rules_suspected <> '' THEN 'suspected'
        WHEN rules_met <> '' THEN 'special' WHEN 'unknown' IN (r1, r2, r3) THEN 'unknown' ELSE 'not_met' END AS outcome,
    nullif(rules_met, ''), nullif(rules_suspected, ''), nullif(rules_unknown, ''),
    nullif(concat_ws(';', $missing), '') AS missing_quarters
FROM lists;
