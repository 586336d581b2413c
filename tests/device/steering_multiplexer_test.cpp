#include <gtest/gtest.h>

#include <string>

#include "steered_device.hpp"

namespace attache::device {
namespace {

using namespace std::chrono_literals;
using serial::cmux::FaultOrders;

// Each word alone, on a multiplexer without faults: what is ordered, and what is answered.
TEST(CmuxFaults, AreOrderedByWords) {
  struct Case {
    const char* word;
    void (*order)(FaultOrders&);
    const char* answer;
  };
  SteeredDevice device;
  for (const Case& one : {
           Case{"ua=lost", [](FaultOrders& orders) { orders.loses_ua = true; }, "CMUX: UA lost"},
           Case{"ua=double", [](FaultOrders& orders) { orders.doubles_ua = true; }, "CMUX: UA twice"},
           Case{"ua=2s", [](FaultOrders& orders) { orders.ua_delay = 2s; }, "CMUX: UA 2000ms late"},
           Case{"msc=1s", [](FaultOrders& orders) { orders.status_delay = 1s; }, "CMUX: MSC 1000ms late"},
           Case{"delay=500ms", [](FaultOrders& orders) { orders.delay = 500ms; }, "CMUX: all 500ms late"},
           Case{"delay=10min", [](FaultOrders& orders) { orders.delay = 10min; }, "CMUX: all 600000ms late"},
           Case{"fcs=wrong", [](FaultOrders& orders) { orders.wrong_check = true; }, "CMUX: FCS wrong"},
           Case{"fcs=right", [](FaultOrders&) {}, "CMUX: no faults"},
           Case{"bytes=1ms", [](FaultOrders& orders) { orders.octet_gap = 1ms; },
                "CMUX: single bytes, 1ms apart"},
           Case{"n1=200", [](FaultOrders& orders) { orders.frame_size = 200; }, "CMUX: frames of 200 bytes"},
           Case{"n1=32767", [](FaultOrders& orders) { orders.frame_size = 32767; },
                "CMUX: frames of 32767 bytes"},
           Case{"race=on", [](FaultOrders& orders) { orders.closes_too = true; },
                "CMUX: closes at the same moment"},
           Case{"race=off", [](FaultOrders&) {}, "CMUX: no faults"},
           Case{"times=3", [](FaultOrders& orders) { orders.times = 3; }, "CMUX: for 3 frames"},
       }) {
    FaultOrders expected;
    one.order(expected);
    EXPECT_EQ(device.steer(std::string("cmux clear ") + one.word), one.answer);
    EXPECT_EQ(device.device->multiplexer_faults(), expected) << one.word;
  }
}

TEST(CmuxFaults, AddUpUntilTheyAreCleared) {
  SteeredDevice device;
  EXPECT_EQ(device.steer("cmux"), "CMUX: no faults");
  EXPECT_EQ(device.steer("cmux ua=lost times=1"), "CMUX: UA lost, for 1 frames");
  EXPECT_EQ(device.steer("cmux msc=1s"), "CMUX: UA lost, MSC 1000ms late, for 1 frames");
  EXPECT_EQ(device.steer("cmux ua=double"), "CMUX: UA twice, MSC 1000ms late, for 1 frames");
  EXPECT_EQ(device.steer("cmux clear"), "CMUX: no faults");
  EXPECT_EQ(device.device->multiplexer_faults(), FaultOrders());
}

TEST(CmuxFaults, AreLeftAloneByWhatIsNotUnderstood) {
  SteeredDevice device;
  device.steer("cmux fcs=wrong");
  for (const char* word :
       {"loud", "ua", "ua=", "ua=late", "msc=-1s", "msc=soon", "delay=11min", "fcs=bad", "bytes=x", "n1=0",
        "n1=32768", "n1=all", "race=yes", "times=0", "times=1000001", "times=often", "colour=red"}) {
    std::string said = device.steer(std::string("cmux race=on ") + word);
    EXPECT_EQ(said.find("the command cannot be carried out: `" + std::string(word) +
                        "` is not understood | "
                        "usage: cmux [clear] "),
              0U)
        << said;
    EXPECT_EQ(device.steer("cmux"), "CMUX: FCS wrong") << word;
  }
}

}  // namespace
}  // namespace attache::device
