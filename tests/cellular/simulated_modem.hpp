#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/settings.hpp"
#include "cellular/simulated_nrf91.hpp"
#include "support/recording_journal.hpp"

namespace attache::cellular {

using test_support::RecordingJournal;

/// Settings that can be made to fail, and that count their writes.
class FailingSettings final : public base::Settings {
 public:
  [[nodiscard]] std::map<std::string, std::string> section(std::string_view name) const override {
    return kept.section(name);
  }
  base::Result<void> apply(std::span<const Change> changes) override {
    if (fails) {
      return base::make_reason("settings cannot be written", "the disk is full");
    }
    ++writes;
    return kept.apply(changes);
  }

  base::MemorySettings kept;
  bool fails = false;
  int writes = 0;
};

/// A modem on a manual clock, with everything it said.
class SimulatedModem {
 public:
  explicit SimulatedModem(SimulationOptions options = {}) {
    clock.set_wall(base::WallTime(std::chrono::sys_days(std::chrono::year(2021) / 6 / 1)));
    start(std::move(options));
  }

  /// Another modem on the same settings, as after a power cycle of the process.
  void start(SimulationOptions options) {
    modem = SimulatedNrf91::create(std::move(options), clock, settings, journal);
    modem->set_notification_handler([this](std::string_view urc) {
      said += urc;
      urcs += urc;
    });
  }

  /// The answer as a host sees it (information lines and final result), after the loop has run dry.
  std::string send(std::string_view line) {
    std::string answer = answer_of(line);
    clock.settle();
    return answer;
  }

  /// The answer, without a turn of the loop after it; empty if it comes later (then it is in `said`).
  std::string answer_of(std::string_view line) {
    auto answer = std::make_shared<std::string>();
    modem->execute(line, [this, answer](const modem::ModemReply& reply) {
      *answer = text_of(reply);
      said += *answer;
      reason = reply.reason;
    });
    return *answer;
  }

  static std::string text_of(const modem::ModemReply& reply) {
    switch (reply.final) {
      case modem::ModemReply::Final::ok:
        return reply.text + "OK\r\n";
      case modem::ModemReply::Final::error:
        return reply.text + "ERROR\r\n";
      case modem::ModemReply::Final::cme_error:
        return reply.text + fmt::format("+CME ERROR: {}\r\n", reply.code);
      case modem::ModemReply::Final::cms_error:
        break;
    }
    return reply.text + fmt::format("+CMS ERROR: {}\r\n", reply.code);
  }

  /// The URCs since the last call, without the CR LF of each but with LF between them.
  std::string take_urcs() {
    std::string taken = std::exchange(urcs, {});
    std::erase(taken, '\r');
    return taken;
  }

  boost::asio::io_context context;
  base::ManualClock clock{context};
  FailingSettings settings;
  RecordingJournal journal;
  std::unique_ptr<SimulatedNrf91> modem;
  std::string said;  ///< Answers and URCs in order.
  std::string urcs;
  std::optional<base::Reason> reason;  ///< Of the last answer.
};

/// What comes with a modem of this firmware.
inline SimulationOptions with_firmware(std::string revision) {
  SimulationOptions options;
  options.firmware = std::move(revision);
  return options;
}

inline const std::string ok = "OK\r\n";
inline const std::string error = "ERROR\r\n";

/// One information line and OK.
inline std::string info(std::string_view line) {
  return fmt::format("{}\r\nOK\r\n", line);
}

}  // namespace attache::cellular
