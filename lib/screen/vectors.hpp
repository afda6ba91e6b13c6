#pragma once

/// Put before a function whose loops the compiler turns into vectors: it is compiled twice, and the processor
/// chooses at the program's start. Arithmetic in it is of whole numbers, so that both give the same bytes.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(ACTIVITYTRACK_PORTABLE)
#define ACTIVITYTRACK_VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define ACTIVITYTRACK_VECTORS
#endif
