/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The BiPareto law (Nuzman, Saniee, Sweldens and Weiss 2002): a power tail of exponent @a that
 * turns, around @least times @c, into one of exponent @b. With y = x / @least,
 *
 *   P(X > x) = y^-a ((y + c) / (1 + c))^(a - b),  y >= 1
 *
 * Lengths of sessions in wireless networks follow it (Papadopouli, Shen and Spanakis 2005). */
#pragma once

/** sim_bipareto_quantile: in units of the least value; @u strictly between 0 and 1. */
double sim_bipareto_quantile(double a, double b, double c, double u);

/** sim_bipareto_mean: in units of the least value; infinity if @b is 1 or less. */
double sim_bipareto_mean(double a, double b, double c);

/**
 * sim_bipareto_aged: the @u-quantile of the length that a random instant meets, drawn in proportion
 * to itself; in units of the least value. @b above 1.
 */
double sim_bipareto_aged(double a, double b, double c, double u);
