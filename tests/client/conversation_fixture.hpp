#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "client/conversation.hpp"
#include "client/preparation.hpp"
#include "client/script_runner.hpp"
#include "serial/memory_port.hpp"

namespace attache::client {

/// A conversation over a port in memory on a manual clock; the test is the modem.
class ConversationTest : public ::testing::Test {
 protected:
  using Duration = base::Duration;

  /// The modem sends.
  void modem(std::string_view bytes) {
    port.host_sends(bytes);
    clock.settle();
  }
  /// What the modem has received since the last call.
  std::string sent() { return port.host_takes(); }

  /// Begins a script; `result` is set when it ends.
  void run(std::string_view text, RunOptions options = {}) {
    auto parsed = parse_script(text, "test.at");
    ASSERT_TRUE(parsed) << base::to_block(parsed.error());
    script = *parsed;
    asio::co_spawn(context, run_script(conversation, script, std::move(options)),
                   [this](std::exception_ptr error, RunResult ended) {
                     EXPECT_FALSE(error);
                     result = std::move(ended);
                   });
    clock.settle();
  }

  /// Begins the preparation for a script; `prepared` is true when it ends, with `fault` set if it failed.
  void begin_preparation(std::string_view text, PreparationOptions options = {}) {
    auto parsed = parse_script(text, "test.at");
    ASSERT_TRUE(parsed) << base::to_block(parsed.error());
    script = *parsed;
    asio::co_spawn(context, prepare(conversation, script, options),
                   [this](std::exception_ptr error, std::optional<PreparationFault> ended) {
                     EXPECT_FALSE(error);
                     prepared = true;
                     fault = std::move(ended);
                   });
    clock.settle();
  }

  void TearDown() override { clock.settle(); }

  asio::io_context context;
  base::ManualClock clock{context};
  serial::MemoryPort port;
  Conversation conversation{port, clock};
  Script script;
  std::optional<RunResult> result;
  bool prepared = false;
  std::optional<PreparationFault> fault;
};

}  // namespace attache::client
