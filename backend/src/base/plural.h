/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_PLURAL_H
#define YOKE_BASE_PLURAL_H

/* "1 row is", "2 rows are": what follows a number in a message. */
#define PLURAL_S(n) ((n) == 1 ? "" : "s")
#define PLURAL_IS(n) ((n) == 1 ? "is" : "are")

#endif
