/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether there are other ranks is known from the environment alone, so that a program which was
 * not started by mpirun never loads libmpi. */
#include "sim/campaign/ranks.h"
#include "sim/scenario/words.h"

#include <gmodule.h>
#include <string.h>

enum { UNKNOWN = -1, MOST = 1 << 24 };

/* Returns: the first of @names (NULL-terminated) that is a number in the environment. */
static int
find_number(const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        guint64 n;
        const char *text = g_getenv(names[i]);
        if (text != NULL && g_ascii_string_to_unsigned(text, 10, 0, MOST, &n, NULL))
            return (int)n;
    }
    return UNKNOWN;
}

/* Open MPI's mpirun; Slurm's and MPICH's PMI; PMIx, which tells the rank only. */
static int
find_rank(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", NULL};
    return find_number(names);
}

int
sim_ranks_expected(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", NULL};
    static const char *const of_step[] = {"SLURM_STEP_NUM_TASKS", NULL};
    int n = find_number(names);
    if (n == UNKNOWN && find_rank() != UNKNOWN)
        n = find_number(of_step) != UNKNOWN ? find_number(of_step) : 2;
    return MAX(n, 1);
}

bool
sim_ranks_is_first(void)
{
    return find_rank() <= 0;
}

#ifdef HAVE_MPI
/* Beside the program, as in a build folder, or where an installation has it. */
static char *
find_file(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program != NULL ? g_path_get_dirname(program) : g_strdup(".");
    char *beside = g_build_filename(folder, SIM_RANKS_FILE, NULL);
    if (g_file_test(beside, G_FILE_TEST_EXISTS))
        return beside;
    g_free(beside);
    return g_build_filename(SIM_MODULES, SIM_RANKS_FILE, NULL);
}

const SimRanks *
sim_ranks_load(GError **error)
{
    g_autofree char *path = find_file();
    /* Not local: what libmpi loads in its turn looks for its symbols. */
    GModule *module = g_module_open(path, 0);
    void *symbol = NULL;
    if (module == NULL || !g_module_symbol(module, SIM_RANKS_SYMBOL, &symbol)) {
        sim_words_fail(error,
                       "started by mpirun, but MPI cannot be loaded: %s; start it without mpirun",
                       g_module_error());
        return NULL;
    }
    const SimRanks *ranks = symbol;
    if (strcmp(ranks->version, SIM_VERSION) == 0)
        return ranks;
    sim_words_fail(error, "%s is of rollcall %s, and this is %s; install both from one build", path,
                   ranks->version, SIM_VERSION);
    return NULL;
}
#else
const SimRanks *
sim_ranks_load(GError **error)
{
    sim_words_fail(error, "started by mpirun, but this build has no MPI: built where Open MPI is "
                          "installed (Debian: libopenmpi-dev) it has");
    return NULL;
}
#endif
