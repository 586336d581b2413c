#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/loop.hpp"
#include "base/result.hpp"
#include "cassette/cassette.hpp"
#include "cassette/comparison.hpp"
#include "cassette/replay.hpp"
#include "cli/serve_options.hpp"
#include "client/preparation.hpp"
#include "serial/port_spec.hpp"

namespace attache::cli {

/// The arguments of `attache diff`, as typed.
struct DiffArguments {
  std::string cassette;
  std::string port;
  std::vector<std::string> settings;
  std::string secrets;
  std::string timeout;
  bool times = false;
  bool exact = false;
  bool json = false;
  bool serve = false;
  std::vector<std::string> serve_options;
};

/// The arguments read and checked.
struct DiffPlan {
  cassette::Cassette cassette;
  std::vector<cassette::Exchange> exchanges;
  std::optional<serial::PortSpec> port;                 ///< Without it: a device inside.
  std::optional<runtime::DeviceOptions> inner_options;  ///< Of that device.
  cassette::ReplayOptions replay;
  client::PreparationOptions preparation;
  cassette::ComparisonOptions comparison;
};

/// Reads the cassette and finds a value for each of its placeholders: of --set, the file of secrets, or, for
/// PIN and PUK, the configuration of the device inside.
base::Result<DiffPlan> make_diff_plan(const DiffArguments& arguments);

/// Plays the host's side to the modem and compares.
class DiffSession {
 public:
  explicit DiffSession(DiffPlan plan) : plan_(std::move(plan)), modem_("--serve") {}

  /// The reason says why it could not be found out.
  base::Result<cassette::Comparison> run();
  /// Which modem it was.
  [[nodiscard]] const std::string& modem() const { return modem_; }

 private:
  boost::asio::awaitable<void> work();
  boost::asio::awaitable<void> talk(client::Conversation& conversation);
  [[nodiscard]] bool begins_with_modem() const;

  DiffPlan plan_;
  std::string modem_;
  base::Loop loop_;
  base::RealClock clock_{loop_};
  std::optional<base::Reason> fault_;
  cassette::Replayed replayed_;
};

}  // namespace attache::cli
