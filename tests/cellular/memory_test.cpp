#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <cstdio>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/settings.hpp"
#include "cellular/network/network_presets.hpp"
#include "cellular/simulated_nrf91.hpp"

namespace attache::cellular {
namespace {

// Sanitizers replace the allocator: it cannot be asked then.
bool heap_can_be_measured() {
  std::size_t before = mallinfo2().uordblks;
  auto block = std::make_unique<std::array<char, 65536>>();
  static_cast<volatile char*>(block->data())[0] = 1;  // Seen, so that the compiler keeps the block.
  return mallinfo2().uordblks > before;
}

TEST(Memory, OfAnIdleRegisteredModemLeavesRoomForItsDevice) {
  constexpr std::size_t count = 500;
  constexpr std::size_t most_bytes = 10 * 1024;
  if (!heap_can_be_measured()) {
    GTEST_SKIP() << "the allocator in use keeps no statistics";
  }
  boost::asio::io_context context;
  base::ManualClock clock(context);
  base::NullJournal journal;
  std::vector<std::unique_ptr<base::MemorySettings>> settings;
  std::vector<std::unique_ptr<SimulatedNrf91>> modems;
  auto add = [&] {
    SimulationOptions options;
    find_network_preset("roaming")->apply(options);
    settings.push_back(std::make_unique<base::MemorySettings>());
    modems.push_back(SimulatedNrf91::create(std::move(options), clock, *settings.back(), journal));
    modems.back()->execute("AT+CFUN=1", [](const modem::ModemReply&) {});
    clock.advance(std::chrono::seconds(20));
  };
  settings.reserve(count + 1);
  modems.reserve(count + 1);
  add();  // What all modems share.
  std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < count; ++i) {
    add();
  }
  std::size_t each = (mallinfo2().uordblks - before) / count;
  ASSERT_TRUE(modems.back()->connection(0));
  std::printf("%zu bytes for each further idle registered modem\n", each);
  EXPECT_LE(each, most_bytes);
}

}  // namespace
}  // namespace attache::cellular
