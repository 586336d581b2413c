#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "system/support/loopback.hpp"
#include "system/support/process.hpp"

namespace attache::system_test {
namespace {

/// A host that is not ours in any part: tests/system/support/cmux_host.py.
class CmuxHost : public testing::TestWithParam<std::string> {};

TEST_P(CmuxHost, GetsOnWithTheDevice) {
  if (!has_ptys()) {
    GTEST_SKIP() << "this machine has no PTYs";
  }
  auto run = run_to_end(
      {"/usr/bin/python3", ATTACHE_TEST_DATA "/system/support/cmux_host.py", ATTACHE_PROGRAM, GetParam()});
  EXPECT_EQ(run.exit_code, 0) << run.errors;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, CmuxHost,
                         testing::Values("control-messages", "whole-standard", "split-reads", "merged-reads",
                                         "bad-frames", "killed-in-mid-frame", "killed-and-noticed"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace attache::system_test
