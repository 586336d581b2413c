#include "cli/record_arguments.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "base/text.hpp"
#include "cassette/files.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cli {

namespace {

using Work = RecordPlan::Work;

base::Reason unreadable(std::string why, std::string advice = {}) {
  return base::make_reason("The command line cannot be read", std::move(why), std::move(advice));
}

base::Result<void> check_dialect(const std::string& name) {
  if (vocabulary::find(name) != nullptr) {
    return {};
  }
  std::vector<std::string_view> names;
  for (const vocabulary::Vocabulary& words : vocabulary::dialects()) {
    names.push_back(words.name());
  }
  return base::make_reason(fmt::format("there is no dialect \"{}\"", name), "attache record does not know it",
                           base::suggestion(name, names));
}

base::Result<Work> work_of(const std::string& mode, const std::string& cassette) {
  bool exists = std::filesystem::exists(cassette);
  if (mode == "once") {
    return exists ? Work::play : Work::record;
  }
  if (mode == "new") {
    return exists ? Work::add : Work::record;
  }
  if (!exists) {
    return base::make_reason(fmt::format("there is no cassette {}", cassette),
                             "--mode none never records one",
                             "Record it first: attache record HOST-PORT MODEM-PORT CASSETTE");
  }
  return Work::play;
}

}  // namespace

base::Result<client::Values> read_values(const std::vector<std::string>& settings,
                                         const std::string& secrets) {
  auto values = secrets.empty() ? base::Result<client::Values>(boost::system::in_place_value)
                                : cassette::read_secrets(secrets);
  if (!values) {
    return values;
  }
  for (const std::string& setting : settings) {
    std::size_t equals = setting.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return unreadable("what follows --set is not NAME=VALUE");
    }
    values->insert_or_assign(setting.substr(0, equals), setting.substr(equals + 1));
  }
  return values;
}

base::Result<RecordPlan> make_record_plan(const RecordArguments& arguments) {
  RecordPlan plan;
  bool has_two = arguments.cassette.empty() && !arguments.modem_port.empty();
  plan.cassette = has_two && arguments.mode == "none" ? arguments.modem_port : arguments.cassette;
  if (plan.cassette.empty()) {
    return unreadable("a host's port, a modem's port and a cassette are wanted",
                      "For example: attache record pty:/tmp/host tty:/dev/ttyACM0 session.cassette");
  }
  if (auto checked = check_dialect(arguments.dialect); !checked) {
    return checked.error();
  }
  auto work = work_of(arguments.mode, plan.cassette);
  if (!work) {
    return work.error();
  }
  plan.work = *work;
  auto host = serial::parse_port_spec(arguments.host_port);
  if (!host) {
    return host.error();
  }
  plan.host = std::move(*host);
  plan.host_text = arguments.host_port;
  if (plan.work != Work::play) {
    auto modem = serial::parse_port_spec(arguments.modem_port);
    if (!modem) {
      return modem.error();
    }
    plan.modem = std::move(*modem);
    plan.modem_text = arguments.modem_port;
  }
  auto values = read_values(arguments.settings, arguments.secrets);
  if (!values) {
    return values.error();
  }
  plan.values = std::move(*values);
  plan.dialect = arguments.dialect;
  plan.secrets = arguments.secrets;
  plan.keeps_times = arguments.times;
  return base::Result<RecordPlan>(boost::system::in_place_value, std::move(plan));
}

}  // namespace attache::cli
