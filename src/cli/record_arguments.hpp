#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "client/placeholder_text.hpp"
#include "serial/port_spec.hpp"

namespace attache::cli {

/// The arguments of `attache record`, as typed.
struct RecordArguments {
  std::string host_port;
  std::string modem_port;
  std::string cassette;
  std::string mode = "once";
  std::string log;
  std::string dialect = "slm-1.6";
  std::string secrets;
  std::vector<std::string> settings;
  bool times = false;
};

/// The arguments read and checked.
struct RecordPlan {
  /// What is done between the ports.
  enum class Work {
    record,  ///< The modem answers, and a cassette is made.
    play,    ///< The cassette answers; what is new fails.
    add,     ///< The modem answers, and what is new is added to the cassette.
  };
  Work work = Work::record;
  serial::PortSpec host;
  std::optional<serial::PortSpec> modem;  ///< Of record and add.
  std::string host_text;                  ///< The ports as they were named.
  std::string modem_text;
  std::string cassette;
  std::string dialect;
  std::string secrets;
  client::Values values;
  bool keeps_times = false;
};

/// NAME=VALUE words and the file of secrets, which need not exist; words win.
/// Fails at a word that is no NAME=VALUE, and at such a line of the file.
base::Result<client::Values> read_values(const std::vector<std::string>& settings,
                                         const std::string& secrets);

/// Decides by the mode and by whether there is a cassette.
base::Result<RecordPlan> make_record_plan(const RecordArguments& arguments);

}  // namespace attache::cli
