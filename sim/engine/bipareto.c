/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything is done with s = ln y, in which the law is nearly two straight lines:
 *
 *   -ln P(X > x) = b s + (b - a) (ln(1 + c e^-s) - ln(1 + c))
 *
 * Both cumulative functions are turned by Newton steps that a bracket keeps in bounds, until no
 * other number is between: the result does not depend on where the search began.
 *
 * The integral of P(X > x) from x to infinity, of which the mean and the lengths met are made, is
 *
 *   x P(X > x) H(c / (c + y)) / (b - 1),  H(z) = F(b - a, 1; b; z)
 *
 * with the hypergeometric function F. H is the continued fraction of the incomplete beta function
 * (Abramowitz and Stegun 26.5.8) with parameters b - 1 and 1 - a. */
#include "sim/engine/bipareto.h"

#include <float.h>
#include <math.h>

typedef struct {
    double a, b, c;
} Shape;

/* -ln of a share that is left, and how fast that grows; both at @s. */
typedef void (*Decay)(const Shape *shape, double s, double *decay, double *slope);

static double
fraction_term(const Shape *shape, int i, double z)
{
    double p = shape->b - 1;
    double q = 1 - shape->a;
    int m = i / 2;
    if (i % 2 == 0)
        return m * (q - m) * z / ((p + i - 1) * (p + i));
    return -(p + m) * (p + q + m) * z / ((p + i - 1) * (p + i));
}

static double
keep_off_zero(double x)
{
    return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

/* Lentz's way of working a continued fraction out from its front. */
static double
hypergeometric(const Shape *shape, double z)
{
    double front = 1;
    double back = 0;
    double value = 1;
    for (int i = 1; i < 100000; i++) {
        double term = fraction_term(shape, i, z);
        front = keep_off_zero(1 + term / front);
        back = 1 / keep_off_zero(1 + term * back);
        value *= front * back;
        if (fabs(front * back - 1) < DBL_EPSILON)
            break;
    }
    return 1 / value;
}

static void
decay(const Shape *shape, double s, double *value, double *slope)
{
    double rest = shape->c * exp(-s);
    *value = shape->b * s + (shape->b - shape->a) * (log1p(rest) - log1p(shape->c));
    *slope = (shape->b + shape->a * rest) / (1 + rest);
}

static void
aged_decay(const Shape *shape, double s, double *value, double *slope)
{
    double z = shape->c / (shape->c + exp(s));
    double tail = hypergeometric(shape, z) / (shape->b - 1);
    double first = hypergeometric(shape, shape->c / (1 + shape->c)) / (shape->b - 1);
    double plain;
    double steep;
    decay(shape, s, &plain, &steep);
    *value = plain - s - log1p(tail) + log1p(first);
    *slope = steep / (1 + tail); /* x f(x) over what is left */
}

/* The s at which @of has grown to @goal. */
static double
solve(Decay of, const Shape *shape, double goal)
{
    double low = 0;
    double high = 1;
    double value;
    double slope;
    for (of(shape, high, &value, &slope); value < goal; of(shape, high, &value, &slope)) {
        low = high;
        high *= 2;
    }
    double s = high;
    for (int i = 0; i < 200; i++) {
        of(shape, s, &value, &slope);
        if (value < goal)
            low = s;
        else
            high = s;
        double next = s - (value - goal) / slope;
        if (!(next > low && next < high))
            next = low + (high - low) / 2;
        if (next <= low || next >= high || fabs(next - s) <= DBL_EPSILON * s)
            return next;
        s = next;
    }
    return s;
}

double
sim_bipareto_quantile(double a, double b, double c, double u)
{
    Shape shape = {a, b, c};
    return exp(solve(decay, &shape, -log1p(-u)));
}

double
sim_bipareto_mean(double a, double b, double c)
{
    Shape shape = {a, b, c};
    return b > 1 ? 1 + hypergeometric(&shape, c / (1 + c)) / (b - 1) : INFINITY;
}

double
sim_bipareto_aged(double a, double b, double c, double u)
{
    Shape shape = {a, b, c};
    return exp(solve(aged_decay, &shape, -log1p(-u)));
}
