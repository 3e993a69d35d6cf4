/* SPDX-License-Identifier: MIT */
#include "number.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 780 /* no double needs more to be told from its neighbours */

/* ---- writing ------------------------------------------------------------------------------ */

/* The decimal digits of a positive number, without trailing zeros; *exponent: value = 0.d… * 10^exponent. */
static int digits_of(double value, int precision, char *digits, int *exponent, double *back) {
  char text[40];
  snprintf(text, sizeof(text), "%.*e", precision - 1, value);
  *back = strtod(text, NULL);
  const char *e = strchr(text, 'e');
  int n = 0;
  for (const char *p = text; p < e; p++)
    if (*p >= '0' && *p <= '9') digits[n++] = *p;
  while (n > 1 && digits[n - 1] == '0') n--;
  *exponent = atoi(e + 1) + 1;
  return n;
}

static int shortest(double value, char *digits, int *exponent) {
  double back;
  int n = 0;
  /* 15 digits are never too many but for the numbers nearest to 0. */
  for (int precision = value < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
    n = digits_of(value, precision, digits, exponent, &back);
    if (back == value) break;
  }
  return n;
}

static char *put_digits(char *p, const char *digits, int n) {
  memcpy(p, digits, (size_t)n);
  return p + n;
}

static char *put_zeros(char *p, int n) {
  memset(p, '0', (size_t)n);
  return p + n;
}

/* ECMA-262, Number::toString. */
size_t yata_number_write(char *out, double value) {
  char digits[24], *p = out;
  int exponent = 0;
  if (value == 0) {
    *out = '0';
    return 1;
  }
  if (value < 0) *p++ = '-';
  int n = shortest(fabs(value), digits, &exponent);
  if (n <= exponent && exponent <= 21) {
    p = put_zeros(put_digits(p, digits, n), exponent - n);
  } else if (exponent > 0 && exponent <= 21) {
    p = put_digits(p, digits, exponent);
    *p++ = '.';
    p = put_digits(p, digits + exponent, n - exponent);
  } else if (exponent > -6 && exponent <= 0) {
    *p++ = '0';
    *p++ = '.';
    p = put_digits(put_zeros(p, -exponent), digits, n);
  } else {
    *p++ = digits[0];
    if (n > 1) *p++ = '.';
    p = put_digits(p, digits + 1, n - 1);
    p += snprintf(p, 8, "e%+d", exponent - 1);
  }
  return (size_t)(p - out);
}

/* ---- reading ------------------------------------------------------------------------------ */

static bool is_digit(const uint8_t *p, const uint8_t *end) {
  return p < end && *p >= '0' && *p <= '9';
}

/* Beyond what a double can hold it does not matter how far. */
static long read_exponent(const uint8_t *p, const uint8_t *end) {
  if (p == end || (*p != 'e' && *p != 'E')) return 0;
  p++;
  bool negative = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+')) p++;
  long e = 0;
  for (; is_digit(p, end); p++)
    if (e < 100000000) e = e * 10 + (*p - '0');
  return negative ? -e : e;
}

double yata_number_read(const uint8_t *p, size_t len) {
  /* Digits and an exponent, without the decimal point, which differs between locales. */
  char text[DIGITS_MAX + 32];
  const uint8_t *end = p + len;
  size_t n = 0;
  long exponent = 0;
  bool point = false, cut = false;
  if (p < end && *p == '-') text[n++] = (char)*p++;
  size_t sign = n;
  for (; is_digit(p, end) || (p < end && *p == '.'); p++) {
    if (*p == '.') {
      point = true;
      continue;
    }
    if (point) exponent--;
    if (n == sign && *p == '0') continue;
    if (n < DIGITS_MAX) {
      text[n++] = (char)*p;
    } else {
      cut = cut || *p != '0';
      exponent++;
    }
  }
  if (n == sign) return sign > 0 ? -0.0 : 0.0;
  if (cut) {
    text[n++] = '1';
    exponent--;
  }
  exponent += read_exponent(p, end);
  snprintf(text + n, sizeof(text) - n, "e%ld", exponent);
  return strtod(text, NULL);
}
