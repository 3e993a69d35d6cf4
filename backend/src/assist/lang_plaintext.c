/* SPDX-License-Identifier: MIT */
#include "assist/lang.h"

static const char *const aliases[] = {"plain", "text", "txt", NULL};

const struct lang lang_plaintext = {
    .name = "plaintext",
    .aliases = aliases,
    .flags = LANG_PROSE,
};
