#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/loop.hpp"
#include "cli/run_plan.hpp"
#include "client/conversation.hpp"
#include "client/run_report.hpp"
#include "client/transcript.hpp"

namespace attache::cli {

namespace asio = boost::asio;

/// Runs the scripts of a plan, or the keyboard's lines, on a loop of its own.
class RunSession {
 public:
  /// What happens is shown on the sinks, whose streams must outlive it.
  RunSession(RunPlan plan, std::vector<client::Transcript::Sink> sinks);

  /// Returns when all scripts have been run, or at a stop signal.
  client::RunReport run();

 private:
  using Steer = std::function<base::Result<std::string>(const std::string& command)>;

  asio::awaitable<void> work();
  asio::awaitable<void> work_on_port();
  asio::awaitable<void> work_inside();
  asio::awaitable<void> run_one(client::Conversation& conversation, std::size_t index, bool greets);
  asio::awaitable<void> talk(client::Conversation& conversation);
  void use_device(Steer steer);
  base::Result<std::string> ask(const std::string& command);
  void tell_state();
  void sum_up();
  void fail(const base::Reason& reason, int exit_code);

  base::Loop loop_;
  base::RealClock clock_{loop_};
  RunPlan plan_;
  std::ostringstream shown_;  ///< Of the script that runs.
  client::Transcript transcript_;
  client::RunReport report_;
  Steer device_;  ///< Empty: the modem cannot be steered.
  base::LoopEnd end_{loop_, clock_};
};

}  // namespace attache::cli
