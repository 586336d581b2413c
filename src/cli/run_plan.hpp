#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/serve_options.hpp"
#include "client/preparation.hpp"
#include "client/script.hpp"
#include "client/script_runner.hpp"
#include "serial/port_spec.hpp"

namespace attache::cli {

/// The arguments of `attache run`, as typed.
struct RunArguments {
  std::vector<std::string> scripts;
  std::string port;
  std::vector<std::string> settings;
  std::string timeout;
  std::string line_end;
  std::string save;
  std::string control;
  std::string junit;
  std::string json;
  std::string lint;  ///< A dialect that the scripts are held to instead of being run.
  bool quiet = false;
  bool serve = false;
  std::vector<std::string> serve_options;
};

/// The arguments read and checked.
struct RunPlan {
  std::vector<client::Script> scripts;  ///< Empty: lines come from the keyboard.
  client::RunOptions options;
  client::PreparationOptions preparation;
  std::optional<serial::PortSpec> port;                 ///< Without it: a device inside.
  std::optional<runtime::DeviceOptions> inner_options;  ///< Of that device.
  std::string control;                                  ///< The socket that `$` lines go to; empty = none.
};

/// Reads the scripts and checks all that can be checked before the first line runs.
base::Result<void> make_plan(const RunArguments& arguments, RunPlan& plan);

}  // namespace attache::cli
