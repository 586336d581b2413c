#include "cli/diff_session.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <utility>

#include "cli/inner_device.hpp"
#include "cli/record_arguments.hpp"
#include "cli/stop_signals.hpp"
#include "client/line_end.hpp"
#include "client/script_headers.hpp"
#include "client/time_limits.hpp"
#include "device/steering/start_conditions.hpp"

namespace attache::cli {

namespace {

base::Reason not_readable(std::string why, std::string advice = {}) {
  return base::make_reason("The command line cannot be read", std::move(why), std::move(advice));
}

base::Result<void> choose_modem(const DiffArguments& arguments, DiffPlan& plan) {
  if (arguments.serve != arguments.port.empty()) {
    return not_readable("a modem is named by either --port PORT or --serve",
                        "For example: attache diff session.cassette --serve");
  }
  if (arguments.serve) {
    auto options = read_serve_options(arguments.serve_options);
    if (!options) {
      return options.error();
    }
    plan.inner_options = std::move(*options);
    return {};
  }
  auto spec = serial::parse_port_spec(arguments.port);
  if (!spec) {
    return spec.error();
  }
  plan.port = std::move(*spec);
  return {};
}

// The speed of the modem as far as one can know; what the device inside is configured with is a value too.
base::Result<double> ask_configuration(const DiffPlan& plan, client::Values& values) {
  if (plan.port) {
    return plan.port->kind == serial::PortSpec::Kind::tty ? 1.0 : 0.0;
  }
  auto config = runtime::to_config(*plan.inner_options, [&](device::DeviceConfig& defaults) {
    return device::apply_start_conditions(plan.cassette.start_conditions(), defaults);
  });
  if (!config) {
    return config.error();
  }
  const auto& sim = config->simulation.sim;
  for (const auto& [name, value] : {std::pair("PIN", sim.pin), std::pair("PUK", sim.puk)}) {
    if (!value.empty()) {
      values.emplace(name, value);
    }
  }
  return config->simulation.timing.speed;
}

base::Result<void> set_timeouts(const DiffArguments& arguments, double speed, DiffPlan& plan) {
  plan.replay.timeout = client::usual_limit(speed);
  plan.preparation.timeout = client::usual_limit(speed);
  plan.preparation.registration_timeout = client::registration_limit(speed);
  plan.preparation.fresh_device = arguments.serve;
  if (arguments.timeout.empty()) {
    return {};
  }
  auto timeout = client::parse_seconds(arguments.timeout);
  if (!timeout) {
    return not_readable(fmt::format("'--timeout {}' is no number of seconds up to a day", arguments.timeout));
  }
  plan.replay.timeout = *timeout;
  return {};
}

// The start conditions of a cassette as a script that has no lines.
client::Script preparation_of(const cassette::Cassette& cassette) {
  client::Script script;
  script.name = cassette.name;
  for (const cassette::CassetteHeader& header : cassette.headers) {
    script.headers.push_back({header.key, header.value, header.line, 1});
  }
  return script;
}

}  // namespace

base::Result<DiffPlan> make_diff_plan(const DiffArguments& arguments) {
  DiffPlan plan;
  if (arguments.cassette.empty()) {
    return not_readable("no cassette is named", "For example: attache diff session.cassette --serve");
  }
  if (auto chosen = choose_modem(arguments, plan); !chosen) {
    return chosen.error();
  }
  auto cassette = cassette::read_cassette_file(arguments.cassette);
  if (!cassette) {
    return cassette.error();
  }
  plan.cassette = std::move(*cassette);
  auto values = read_values(arguments.settings, arguments.secrets);
  if (!values) {
    return values.error();
  }
  auto speed = ask_configuration(plan, *values);
  if (!speed) {
    return speed.error();
  }
  auto exchanges = cassette::cut_exchanges(plan.cassette, *values);
  if (!exchanges) {
    return exchanges.error();
  }
  plan.exchanges = std::move(*exchanges);
  if (auto set = set_timeouts(arguments, *speed, plan); !set) {
    return set.error();
  }
  plan.replay.dialect = plan.cassette.dialect();
  plan.replay.keeps_times = arguments.times;
  plan.comparison = {std::string(plan.cassette.dialect()), arguments.exact};
  return base::Result<DiffPlan>(boost::system::in_place_value, std::move(plan));
}

base::Result<cassette::Comparison> DiffSession::run() {
  base::LoopEnd end(loop_, clock_);
  boost::asio::signal_set signals(loop_);
  add_stop_signals(signals);
  bool is_done = false;
  signals.async_wait([this](boost::system::error_code error, int) {
    if (!error) {
      loop_.stop();
    }
  });
  boost::asio::co_spawn(loop_, work(), [&](std::exception_ptr error) {
    loop_.stop();
    if (error) {
      std::rethrow_exception(error);
    }
    is_done = true;
  });
  loop_.run([this](const base::Fault& fault) {
    fault_ = fault.reason();
    loop_.stop();
  });
  if (fault_) {
    return *fault_;
  }
  if (!is_done) {
    return base::make_reason("the cassette was not played to its end", "it was interrupted",
                             "Play it again.");
  }
  return compare(plan_.exchanges, replayed_.heard, plan_.comparison);
}

boost::asio::awaitable<void> DiffSession::work() {
  if (plan_.port) {
    auto port = serial::connect_port(clock_, *plan_.port);
    if (!port) {
      fault_ = port.error();
      co_return;
    }
    modem_ = (*port)->address();
    client::Conversation conversation(**port, clock_);
    co_await talk(conversation);
    co_return;
  }
  auto device = start_inner_device(loop_, *plan_.inner_options, plan_.cassette.start_conditions());
  if (!device) {
    fault_ = device.error();
    co_return;
  }
  client::Conversation conversation((*device)->host_port(), clock_);
  co_await talk(conversation);
}

bool DiffSession::begins_with_modem() const {
  return !plan_.exchanges.front().heard.empty();
}

// What a modem says by itself at its start is part of the cassette, or is waited for before it.
boost::asio::awaitable<void> DiffSession::talk(client::Conversation& conversation) {
  client::Script script = preparation_of(plan_.cassette);
  if (!begins_with_modem()) {
    auto fault = co_await client::prepare(conversation, script, plan_.preparation);
    if (fault) {
      fault_ = *fault;
      co_return;
    }
  }
  replayed_ = co_await cassette::replay(conversation, plan_.exchanges, plan_.replay);
  if (replayed_.fault) {
    fault_ = replayed_.fault;
  }
}

}  // namespace attache::cli
