#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "postgres_cluster.hpp"

#include <cstdio>

int main(int argc, char** argv) {
  constexpr int skipped = 77;  // what Meson takes for it
  if (const auto why = activitytrack::test::PostgresCluster::missing(); !why.empty()) {
    std::printf("[python] skipped: %s\n", why.c_str());
    return skipped;
  }
  return doctest::Context(argc, argv).run();
}
