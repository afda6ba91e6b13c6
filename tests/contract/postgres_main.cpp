#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "postgres_cluster.hpp"

#include <cstdio>

int main(int argc, char** argv) {
  constexpr int exit_skipped = 77;  // what Meson takes for it
  doctest::Context context(argc, argv);
  const auto why = activitytrack::test::PostgresCluster::missing();
  if (why.empty()) return context.run();
  std::printf("skipped: %s\n", why.c_str());
  context.setOption("count", true);
  context.run();
  return exit_skipped;
}
