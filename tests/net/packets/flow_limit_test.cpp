#include "net/packets/flow_limit.hpp"

#include <gtest/gtest.h>

#include "packets_for_test.hpp"
#include "support/recording_journal.hpp"

namespace attache::net {
namespace {

using namespace std::string_literals;

const std::string gateway = "\xC0\0\x02\x01"s;
const std::string opening_segment =
    ipv4_packet('\x06', gateway, "\x10\0\0\x50\0\0\0\x01\0\0\0\0\x50\x02\x20\0\0\0\0\0"s);
const std::string later_segment =
    ipv4_packet('\x06', gateway, "\x10\0\0\x50\0\0\0\x02\0\0\0\x01\x50\x10\x20\0\0\0\0\0"s);
const std::string any_datagram = ipv4_packet('\x11', gateway, "\x10\0\0\x35\0\x0D\0\0hello"s);

TEST(FlowLimit, KeepsOutWhatCouldOpenAFlowWhileThereAreTooMany) {
  test_support::RecordingJournal journal;
  FlowLimit limit(journal, 2);
  limit.opened(7);
  EXPECT_TRUE(limit.lets_in(opening_segment));
  limit.opened(8);
  EXPECT_FALSE(limit.lets_in(opening_segment));
  EXPECT_FALSE(limit.lets_in(any_datagram));
  EXPECT_TRUE(limit.lets_in(later_segment));
  EXPECT_TRUE(journal.contains("packets of the device's host are dropped"));
  limit.closed(7);
  EXPECT_TRUE(limit.lets_in(opening_segment));
  EXPECT_TRUE(limit.lets_in(any_datagram));
}

TEST(FlowLimit, LeavesMostDescriptorsOfTheProcessToOthers) {
  test_support::RecordingJournal journal;
  FlowLimit limit(journal);
  int flows = 0;
  while (limit.lets_in(any_datagram)) {
    limit.opened(flows++);
  }
  EXPECT_GE(flows, 1);
  EXPECT_LE(flows, 1024);
}

}  // namespace
}  // namespace attache::net
