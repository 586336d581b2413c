#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "system/support/loopback.hpp"
#include "system/support/lwip_peer.hpp"
#include "system/support/process.hpp"

namespace attache::system_test {
namespace {

/// A host that is not ours: the scripts of Zephyr's drivers (for SLM those of tests/conformance/zephyr) over
/// CMUX, PPP by lwIP (tests/system/support/zephyr_host.py).
class ZephyrDriver : public testing::TestWithParam<std::string> {};

TEST_P(ZephyrDriver, GetsAnAddressAPingAndADnsAnswerByPppOverTheMultiplexer) {
  if (!has_ptys()) {
    GTEST_SKIP() << "this machine has no PTYs";
  }
  if (!has_lwip_peer()) {
    GTEST_SKIP() << "lwIP's PPP client cannot be built here: its source comes from Debian's archive";
  }
  auto run = run_to_end({"/usr/bin/python3", ATTACHE_TEST_DATA "/system/support/zephyr_host.py",
                         ATTACHE_PROGRAM, lwip_peer, GetParam(), ATTACHE_TEST_DATA "/conformance/zephyr"});
  EXPECT_EQ(run.exit_code, 0) << run.errors;
}

INSTANTIATE_TEST_SUITE_P(In, ZephyrDriver, testing::Values("slm-2.9", "slm-3.1", "serial-modem-2.0"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace attache::system_test
