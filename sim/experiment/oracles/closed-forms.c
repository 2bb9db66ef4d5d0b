/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All of power and address follows from two facts (Cox, Renewal Theory, 1962; Ross, Stochastic
 * Processes, 2nd ed. 1996, chapter 3): the time share of a state is its mean time in a cycle over
 * the mean cycle, and an exponential time has no memory. Loss adds independent packets. */
#include "sim/experiment/oracles/closed-forms.h"

#include <math.h>
#include <stdbool.h>

/* E exp(-s X), X uniform in [@from, @to], or fixed where they are one. */
static double
laplace(double s, double from, double to)
{
    if (from == to || s == 0)
        return exp(-s * from);
    return (exp(-s * from) - exp(-s * to)) / (s * (to - from));
}

/* exp(-delta E) E exp(-s X), where the second factor alone may be too large for a number. */
static double
damped(double s, const SimExactPower *power, double delta)
{
    double shift = delta * power->expiry;
    if (power->from == power->to)
        return exp(-s * power->from - shift);
    return (exp(-s * power->from - shift) - exp(-s * power->to - shift)) /
           (s * (power->to - power->from));
}

/* A phone lives through a refresh interval X with probability phi(lambda), so that the number of
 * intervals before it fails is geometric. With A the age of its last REGISTER when it fails,
 *   E exp(delta A) = lambda (1 - phi(lambda - delta)) / ((lambda - delta) (1 - phi(lambda))).
 * Its record outlives it by E - A, and is stale for the lesser of that and the off-time D:
 *   E min(D, E - A) = (1 - exp(-delta E) E exp(delta A)) / delta. */
double
sim_exact_stale(const SimExactPower *power, double delta)
{
    double lambda = power->lambda;
    double gap = lambda - delta;
    double fails = 1 - laplace(lambda, power->from, power->to);
    double left = exp(-delta * power->expiry);
    double grown = fabs(gap) < 1e-9 * lambda
                       ? left * lambda * (power->from + power->to) / 2 / fails
                       : lambda * (left - damped(gap, power, delta)) / (gap * fails);
    return (1 - grown) / delta;
}

/* E min(off, E - A), where A is Exp(lambda) cut at the refresh interval. */
double
sim_exact_stale_fixed_off(const SimExactPower *power, double off)
{
    double lambda = power->lambda;
    double refresh = power->from;
    double expiry = power->expiry;
    double norm = 1 - exp(-lambda * refresh);
    double mean_age = 1 / lambda - refresh * exp(-lambda * refresh) / norm;
    if (off <= expiry - refresh)
        return off;
    if (off >= expiry)
        return expiry - mean_age;
    /* Ages below a leave more than @off: it is off that is reached first. */
    double a = expiry - off;
    double g_refresh =
        exp(-lambda * refresh) / lambda - (expiry - refresh) * exp(-lambda * refresh);
    double g_a = exp(-lambda * a) / lambda - (expiry - a) * exp(-lambda * a);
    return (off * (1 - exp(-lambda * a)) + g_refresh - g_a) / norm;
}

/* The chain of intervals that ends with a failure has 1 / (1 - phi(lambda)) REGISTERs. */
double
sim_exact_register_rate(const SimExactPower *power, double cycle)
{
    return 1 / ((1 - laplace(power->lambda, power->from, power->to)) * cycle);
}

/* The record ends Z = E - A after the failure, and the phone is back at D < Z, booting until D + B:
 * it is missing for B - (Z - D)+ + (Z - D - B)+, whose mean over D is
 * exp(-delta (Z - B)) (1 - exp(-delta B)) / delta. A is uniform in [0, R], as the time on is
 * uniform over whole intervals: E exp(delta A) = (exp(delta R) - 1) / (delta R). */
double
sim_exact_boot_missing(double delta, double boot, double refresh, double expiry)
{
    double growth = (exp(delta * refresh) - 1) / (delta * refresh);
    return exp(-delta * (expiry - boot)) * growth * (1 - exp(-delta * boot)) / delta;
}

/* Of clamp(x, 0, 1), from -inf. */
static double
clamp_integral(double x)
{
    if (x <= 0)
        return 0;
    return x < 1 ? x * x / 2 : x - 0.5;
}

/* The age of a record is U[0, R] when all fail, so t later the share clamp((E - t) / R, 0, 1) is
 * left. */
double
sim_exact_left(double refresh, double expiry, double since, double until)
{
    double from = clamp_integral((expiry - until) / refresh);
    double to = clamp_integral((expiry - since) / refresh);
    return (to - from) * refresh / (until - since);
}

/* Of an interval X the phone is right until the first change: E min(X, T), T exponential. */
double
sim_exact_wrong(const SimExactMove *move)
{
    double mean = (move->from + move->to) / 2;
    double transform = laplace(move->mu, move->from, move->to);
    return 1 - (1 - transform) / (move->mu * mean);
}

/* The interval X ends with a refresh at R or with a change that is noticed (rate nu) before; what
 * goes unnoticed has rate mu - nu, and the form above holds with the transform of that X. */
double
sim_exact_wrong_noticed(const SimExactMove *move, double noticed)
{
    double mu = move->mu;
    double nu = mu * noticed;
    double refresh = move->from;
    double mean = (1 - exp(-nu * refresh)) / nu;
    double transform = nu * (1 - exp(-mu * refresh)) / mu + exp(-mu * refresh);
    return 1 - (1 - transform) / ((mu - nu) * mean);
}

double
sim_exact_move_rate(const SimExactMove *move, double noticed)
{
    double nu = move->mu * noticed;
    return nu > 0 ? nu / (1 - exp(-nu * move->from)) : 2 / (move->from + move->to);
}

/* Each period has one change, from which half an interval is left on average. */
double
sim_exact_wrong_periodic(double period, double refresh)
{
    return refresh / (2 * period);
}

/* An interval with a change, whose first is at T, leaves one dead record, for E - T:
 * E [(E - T) 1{T < R}] / R. */
double
sim_exact_stale_contacts(const SimExactMove *move)
{
    double mu = move->mu;
    double refresh = move->from;
    double gone = 1 - exp(-mu * refresh);
    double wait = (1 - exp(-mu * refresh) * (1 + mu * refresh)) / mu;
    return (move->expiry * gone - wait) / refresh;
}

/* Besides the newest one, each interval with a change leaves one for E - R after its end. */
double
sim_exact_contacts(const SimExactMove *move)
{
    double gone = 1 - exp(-move->mu * move->from);
    return 1 + gone * (move->expiry - move->from) / move->from;
}

/* Each change leaves a record that was refreshed A ago and lives for E - A, A being Exp(mu) cut at
 * the refresh interval: mu (E - E[A]). */
double
sim_exact_stale_contacts_noticed(const SimExactMove *move)
{
    double x = move->mu * move->from;
    return move->mu * move->expiry - (1 - exp(-x) * (1 + x)) / (1 - exp(-x));
}

/* With E = m R the last m refreshes stand in the table, and each of the m - 1 intervals between
 * them had a change with probability 1 - exp(-mu R): Binomial(m - 1) besides the newest. */
double
sim_exact_contacts_are(const SimExactMove *move, unsigned n)
{
    double most = round(move->expiry / move->from) - 1;
    double gone = 1 - exp(-move->mu * move->from);
    double old = n - 1.0;
    double ways = lgamma(most + 1) - lgamma(old + 1) - lgamma(most - old + 1);
    return exp(ways + old * log(gone) + (most - old) * log1p(-gone));
}

/* T1 = .5 s doubles with each copy up to T2 = 4 s. */
double
sim_exact_copy(unsigned i)
{
    double at = 0;
    double wait = 0.5;
    for (unsigned k = 0; k < i; k++) {
        at += wait;
        wait = fmin(2 * wait, 4);
    }
    return at;
}

double
sim_exact_fails(double loss)
{
    return pow(1 - (1 - loss) * (1 - loss), SIM_EXACT_COPIES);
}

double
sim_exact_unheard(double loss)
{
    return pow(loss, SIM_EXACT_COPIES);
}

/* Each copy is answered with probability s = (1 - loss)^2, at once; the first answer ends it. */
double
sim_exact_delay(double loss)
{
    double s = (1 - loss) * (1 - loss);
    double sum = 0;
    for (unsigned i = 0; i < SIM_EXACT_COPIES; i++)
        sum += pow(1 - s, i) * s * sim_exact_copy(i);
    return sum / (1 - sim_exact_fails(loss));
}

/* P(copy @heard is the first to arrive and copy @answered the first whose answer does). */
static double
pair_chance(double loss, unsigned heard, unsigned answered)
{
    double s = (1 - loss) * (1 - loss);
    double first = pow(loss, heard) * (1 - loss);
    if (heard == answered)
        return first * (1 - loss);
    return first * loss * pow(1 - s, answered - heard - 1) * s;
}

/* The record counts from the copy that was heard, the next refresh from the one that was answered:
 * what is left for its copies is E - R - (answered - heard). The chance that none arrives in that
 * time is loss to the power of how many there are; the record is missing from then until one does.
 * A cycle lasts R and the time to the answer. */
SimExactRefresh
sim_exact_refresh(double loss, double refresh, double expiry)
{
    SimExactRefresh self = {0};
    double cycle = refresh;
    for (unsigned heard = 0; heard < SIM_EXACT_COPIES; heard++)
        for (unsigned answered = heard; answered < SIM_EXACT_COPIES; answered++) {
            double chance = pair_chance(loss, heard, answered);
            double slack = expiry - refresh - (sim_exact_copy(answered) - sim_exact_copy(heard));
            cycle += chance * sim_exact_copy(answered);
            for (unsigned next = 0; next < SIM_EXACT_COPIES; next++) {
                double late = sim_exact_copy(next) - slack;
                double too_late = late > 0 ? chance * pow(loss, next) * (1 - loss) : 0;
                self.lapse += too_late;
                self.missing += too_late * late;
            }
        }
    self.missing /= cycle;
    return self;
}

/* With E / R = m + x a record lapses if the next m packets are lost, and is then missing for
 * (1 - x) R and R more for each further one that is. */
SimExactRefresh
sim_exact_soft_state(double loss, double refresh, double expiry)
{
    double m = floor(expiry / refresh);
    double x = expiry / refresh - m;
    double lapse = pow(loss, m);
    return (SimExactRefresh){lapse, lapse * ((1 - loss) * (1 - x) + loss)};
}

double
sim_exact_cost(const SimExactCost *cost, double expiry)
{
    double refresh = cost->share * expiry;
    SimExactPower power = {1 / cost->on, refresh, refresh, expiry};
    double cycle = cost->on + cost->off;
    return cost->per_register * sim_exact_register_rate(&power, cycle) +
           sim_exact_stale(&power, 1 / cost->off) / cycle;
}

/* Golden section in log E: the cost falls as 1 / E, and rises to what it costs never to expire. */
double
sim_exact_best_expiry(const SimExactCost *cost)
{
    const double golden = (sqrt(5) - 1) / 2;
    double low = 0;
    double high = log(30 * cost->off);
    while (high - low > 1e-9) {
        double left = high - golden * (high - low);
        double right = low + golden * (high - low);
        bool falls = sim_exact_cost(cost, exp(left)) > sim_exact_cost(cost, exp(right));
        low = falls ? left : low;
        high = falls ? high : right;
    }
    return exp((low + high) / 2);
}

/* A phone whose refresh is due u after the restart, u uniform in [0, 1), has a record from then on;
 * before, if the one that was saved lives on. That lapses before its refresh for the part y of the
 * phones whose refresh is the last to come: those with u > 1 - y. */
double
sim_exact_restart(unsigned expiry, double saved, double part)
{
    double y = fmin(fmax(saved + 1 - expiry, 0), 1);
    double whole = fmin(y, 1 - part);
    /* Those with u > part miss all of it, the others u. */
    double rest = y > whole ? (y - y * y / 2) - (whole - whole * whole / 2) : 0;
    return (part * whole + rest) / part;
}

double
sim_exact_replica_wrong(double mu, double lag)
{
    return -expm1(-mu * lag);
}
