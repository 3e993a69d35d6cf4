/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_ENGINE_H
#define YOKE_ASSIST_ENGINE_H

/*
 * The completion engine that reads the text itself: no language server, no I/O,
 * no state, so that any thread may call it. Time is linear in the code's length
 * and memory at most about 6 MB (ASSIST_NAMES_MAX names).
 */
#include "port/assist.h"

/** The engine behind the port; its self is NULL and nothing needs to be destroyed. */
struct assist engine_assist(void);

#endif
