/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes at all as a scenario file: it is read or refused in one line, and nothing is lost.
 * After a NUL, which no scenario holds, the rest of the input is one `--set`. */
#include "sim/scenario/scenario.h"

#include "tests/fuzz/replay.h"
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t len = nul ? (size_t)(nul - data) : size;
    g_autofree char *change = nul ? g_strndup((const char *)nul + 1, size - len - 1) : NULL;
    const char *const changes[] = {change, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) scenario =
        sim_scenario_parse("fuzz.ini", (const char *)data, len, changes, &error);
    if (!scenario == !error)
        abort(); /* both or neither */
    if (error && (strchr(error->message, '\n') || strlen(error->message) > 1024 ||
                  !g_utf8_validate(error->message, -1, NULL)))
        abort(); /* not one line */
    return 0;
}

#ifdef FUZZ_REPLAY
int
main(void)
{
    return replay_folder(TEST_SOURCE "/tests/fuzz/corpus-scenario");
}
#endif
