#include "net/packets/dropped_packets.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace attache::net {
namespace {

class JournalOfDrops final : public base::Journal {
 public:
  void log(base::LogLevel, std::string_view, std::string) override {}
  void report(std::string_view, base::Reason reason) override {
    said.push_back(reason.what + " " + reason.why + " " + reason.facts.at(0).second);
  }
  std::vector<std::string> said;
};

TEST(DroppedPackets, CountsAllAndNamesEachCauseOnceAMinute) {
  asio::io_context context;
  base::ManualClock clock(context);
  JournalOfDrops journal;
  DroppedPackets dropped(clock, journal);
  for (int i = 0; i < 3; ++i) {
    dropped.note(Direction::up, PacketFault::source);
  }
  dropped.note(Direction::down, PacketFault::link);
  clock.advance(DroppedPackets::pause);
  dropped.note(Direction::up, PacketFault::source);
  EXPECT_EQ(dropped.count(PacketFault::source), 4U);
  EXPECT_EQ(dropped.count(), 5U);
  const std::string up = "an IP packet of the device's host was dropped ";
  EXPECT_EQ(journal.said,
            (std::vector<std::string>{
                up + "It does not come from the address of the PDN connection. 1",
                "an IP packet for the device's host was dropped The radio link let nothing pass. 1",
                up + "It does not come from the address of the PDN connection. 4"}));
}

}  // namespace
}  // namespace attache::net
