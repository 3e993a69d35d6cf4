/* SPDX-License-Identifier: MIT */
/* Numbers as JavaScript writes and reads them, whatever the locale. */
#ifndef YATA_NUMBER_H
#define YATA_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#define YATA_NUMBER_MAX 32 /* bytes that a number takes at most */

/** Write a finite number with the shortest digits that read back as the same: the bytes written. */
size_t yata_number_write(char *out, double value);

/** Read a number that is valid JSON, rounded correctly; beyond the greatest it is infinite. */
double yata_number_read(const uint8_t *p, size_t len);

#endif
