/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes together, and how it comes apart. docs/method.md has the formulas. */
#include "sim/experiment/oracles/closed-forms.h"

#include <math.h>

/* The chance that a line which has begun empties again: that a family of so many children in the
 * mean, a Poisson number each, dies out. */
static double
extinction(double rho)
{
    double q = 0;
    for (int i = 0; i < 1000; i++)
        q = exp(-rho * (1 - q));
    return q;
}

double
sim_exact_storm_line(const SimExactStorm *storm)
{
    double rho = storm->phones / (storm->spread * storm->rate);
    if (rho <= 1)
        return NAN;
    double q = extinction(rho);
    double idle = 1 / (rho * (1 - q));
    return storm->phones - storm->rate * storm->spread + 0.5 + 1 / rho + idle + q * idle;
}

double
sim_exact_storm_wait(const SimExactStorm *storm)
{
    double rho = storm->phones / (storm->spread * storm->rate);
    if (rho > 1)
        return (storm->phones / storm->rate - storm->spread) / 2;
    return rho / (2 * storm->rate * (1 - rho));
}

double
sim_exact_harmonic(double ratio, unsigned refreshes)
{
    if (ratio == 0)
        return 1;
    return pow(fabs(sin(M_PI * ratio) / (M_PI * ratio)), refreshes);
}
