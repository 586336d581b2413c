#pragma once

// What lwIP wants to know of the machine: Linux, one thread.
#include <stdio.h>
#include <stdlib.h>

#define LWIP_RAND() ((unsigned)rand())
#define LWIP_PLATFORM_DIAG(arguments) \
  do {                                \
    printf arguments;                 \
  } while (0)
#define LWIP_PLATFORM_ASSERT(text)       \
  do {                                   \
    fprintf(stderr, "lwIP: %s\n", text); \
    abort();                             \
  } while (0)
