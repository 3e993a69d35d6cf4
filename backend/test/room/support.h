/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_ROOM_SUPPORT_H
#define YOKE_TEST_ROOM_SUPPORT_H

/* clang-format off: cmocka wants these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
