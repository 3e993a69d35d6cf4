/* SPDX-License-Identifier: MIT */
#ifndef YATA_TOOL_BENCH_H
#define YATA_TOOL_BENCH_H

/** `yata bench WHAT FILE`: prints one line of JSON. `version` 0: find out. The exit status. */
int bench(const char *what, const char *path, int version);

/** Milliseconds of a clock that only goes forward. */
double bench_now_ms(void);

#endif
