#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/loop.hpp"
#include "base/result.hpp"
#include "client/conversation.hpp"
#include "doctor/diagnosis.hpp"
#include "serial/port_spec.hpp"

namespace attache::cli {

namespace asio = boost::asio;

/// Examines a modem that is connected: asks it the usual questions, then those that decide between the
/// findings, until nothing new comes of it. Questions only, which change nothing, unless it may do more. One
/// thread.
class LiveDiagnosis {
 public:
  struct Options {
    serial::PortSpec port;
    bool may_change = false;  ///< Commands of findings that set something are sent too.
    bool shows = true;        ///< What is asked and answered goes to stderr, secrets masked.
  };

  LiveDiagnosis(Options options, doctor::PatientFile file);

  /// What was found, or why the modem could not be asked.
  base::Result<doctor::Diagnosis> run();

 private:
  asio::awaitable<void> examine();
  asio::awaitable<bool> ask(client::Conversation& conversation, std::string command);
  asio::awaitable<bool> ask_all_usual(client::Conversation& conversation);
  asio::awaitable<void> read_roots(client::Conversation& conversation);
  void note(std::string_view line);
  [[nodiscard]] std::string next_question(const doctor::Diagnosis& diagnosis) const;

  base::Loop loop_;
  base::RealClock clock_{loop_};
  Options options_;
  doctor::Doctor doctor_;
  std::set<std::string> asked_;
  std::set<std::string> root_tags_;  ///< Of what AT%CMNG=1 has listed.
  bool knows_application_ = false;
  std::optional<base::Reason> failure_;
  base::LoopEnd end_{loop_, clock_};
};

}  // namespace attache::cli
