-- What each expiry of a campaign costs, from its runs: REGISTERs a day and phone, and how much more
-- than the cheapest, in per cent, with 95 % intervals (Student's t over replications, paired).
-- @n phones, @r calls per second and phone; docs/study.md tells what w is. Use it as
--   sqlite3 -cmd '.parameter set @n 800' -cmd '.parameter set @r 3.472e-5' \
--       results/adsl-town/sweep/campaign.db < scenarios/study/cost.sql
-- @base, if set, is the number of the point to compare with, in place of the cheapest.
.parameter init
.mode list
.separator "  "
.headers on
WITH
  weight(w) AS (VALUES (10.0), (100.0), (1000.0)),
  run_cost AS (
    SELECT w, point, replication,
           86400 * sum(value * CASE metric WHEN 'register-rate' THEN 1.0 / @n ELSE @r * w END) AS cost
      FROM results, weight
     WHERE population = 'all'
       AND metric IN ('register-rate', 'stale-share', 'wrong-address-share', 'missing-share')
     GROUP BY w, point, replication),
  mean_cost AS (SELECT w, point, avg(cost) AS cost FROM run_cost GROUP BY w, point),
  base AS (
    SELECT w, CASE WHEN @base IS NULL THEN point ELSE CAST(@base AS INTEGER) END AS point, min(cost)
      FROM mean_cost GROUP BY w),
  pair AS (
    SELECT a.w, a.point, a.cost, 100 * (a.cost / b.cost - 1) AS more
      FROM run_cost AS a JOIN base USING (w)
      JOIN run_cost AS b ON b.w = a.w AND b.point = base.point AND b.replication = a.replication),
  moments AS (
    SELECT w, point, count(*) AS n, avg(cost) AS cost, avg(more) AS more,
           sqrt(max(0, avg(cost * cost) - avg(cost) * avg(cost)) / (count(*) - 1)) AS cost_error,
           sqrt(max(0, avg(more * more) - avg(more) * avg(more)) / (count(*) - 1)) AS more_error
      FROM pair GROUP BY w, point),
  quantile(n, t) AS (VALUES (2, 12.706), (3, 4.303), (4, 3.182), (5, 2.776), (10, 2.262))
SELECT CAST(w AS INTEGER) AS w, point, replace(changes, char(10), ' ') AS changes,
       printf('%.4g (%.4g to %.4g)', cost, cost - t * cost_error, cost + t * cost_error) AS "cost per day",
       printf('%+.2f (%+.2f to %+.2f)', more, more - t * more_error, more + t * more_error) AS "more [%]"
  FROM moments JOIN quantile USING (n) JOIN point USING (point)
 ORDER BY w, point;
