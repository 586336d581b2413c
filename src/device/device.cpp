#include "device/device.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/system/system_error.hpp>
#include <utility>

#include "base/event.hpp"
#include "base/spawn.hpp"
#include "device/messages/message_spool.hpp"
#include "device/observed_bearer.hpp"
#include "device/traced_modem.hpp"
#include "dialects/carrier_session.hpp"
#include "dialects/multiplexing_rules.hpp"
#include "dialects/ppp_session.hpp"
#include "dialects/uart_log.hpp"
#include "net/bearer_control.hpp"
#include "net/embedded_bearer.hpp"
#include "net/host_bearer.hpp"
#include "net/host_network.hpp"

namespace attache::device {

namespace {

constexpr std::string_view module = "uart";
constexpr std::string_view config_module = "kconfig";
constexpr std::size_t uart_buffer_with_cmux = 532;  // SM_UART_TX_BUF_SIZE.

}  // namespace

base::Result<std::shared_ptr<Device>> Device::create(const DeviceConfig& config, base::Clock& clock,
                                                     net::HostNetwork& network) {
  return create(config, clock, [&](const Radio& radio, base::Journal& journal) {
    return net::make_host_bearer(
        network, config.network, radio.pdn, radio.link, radio.credentials,
        [&modem = radio.modem] { return modem.time(); }, journal);
  });
}

base::Result<std::shared_ptr<Device>> Device::create(const DeviceConfig& config, base::Clock& clock,
                                                     net::MemoryBearer& internet) {
  return create(config, clock, [&](const Radio& radio, base::Journal& journal) {
    return net::make_embedded_bearer(internet, clock, config.network, radio.pdn, radio.link, journal);
  });
}

base::Result<std::shared_ptr<Device>> Device::create(const DeviceConfig& config, base::Clock& clock,
                                                     const BearerFactory& make_bearer) {
  if (!config.radio.port) {
    return create(config, clock, simulated_radio(config.simulation, clock), make_bearer);
  }
  auto make_radio = at_radio(config.radio, clock);
  if (!make_radio) {
    return make_radio.error();
  }
  return create(config, clock, *make_radio, make_bearer);
}

base::Result<std::shared_ptr<Device>> Device::create(const DeviceConfig& config, base::Clock& clock,
                                                     const RadioFactory& make_radio,
                                                     const BearerFactory& make_bearer) {
  std::unique_ptr<base::Settings> settings = std::make_unique<base::MemorySettings>();
  if (!config.state_folder.empty()) {
    auto opened = base::open_settings(config.state_folder);
    if (!opened) {
      return opened.error();
    }
    settings = std::move(*opened);
  }
  std::shared_ptr<Device> device(new Device(config, clock, std::move(settings), make_radio, make_bearer));
  if (auto connected = device->connect_messages(config.sms_spool); !connected) {
    return connected.error();
  }
  device->make_application(config);
  return device;
}

Device::Device(const DeviceConfig& config, base::Clock& clock, std::unique_ptr<base::Settings> settings,
               const RadioFactory& make_radio, const BearerFactory& make_bearer)
    : clock_(clock),
      journal_(std::make_shared<base::QueuedJournal>(clock, config.name)),
      settings_(std::move(settings)),
      firmware_(*settings_, config.state_folder),
      radio_(traced(make_radio(*settings_, *journal_), [this](bool on) { trace_as_modem(on); })),
      events_(std::make_shared<Events>(clock, config.name)),
      bearer_(make_bearer(radio_, *journal_)),
      messages_(radio_.messages, clock),
      gnss_(config.gnss),
      i2c_buses_(services::make_i2c_buses(config.i2c)),
      flow_control_(config.flow_control),
      log_level_(config.log_level),
      warnings_(config.warnings) {
  bearer_control_ = dynamic_cast<net::BearerControl*>(bearer_.get());
  packets_ = dynamic_cast<net::PacketBearer*>(bearer_.get());
  bearer_ = observed(std::move(bearer_), events_);
}

Device::~Device() = default;

void Device::make_application(const DeviceConfig& config) {
  application_ = dialects::make_application(
      config.dialect,
      dialects::Surroundings{clock_, *journal_, radio_.modem, *bearer_, i2c_buses_, firmware_, *settings_,
                             radio_.power, gnss_, &radio_.pdn, packets_, weak_from_this()});
  ppp_port_ = config.dialect.ppp_port;
  if (application_->power().rules().uarts_follow_dtr) {
    serial::DtrRules rules;
    rules.buffer =
        application_->is_built(dialects::multiplexer_service) ? uart_buffer_with_cmux : rules.buffer;
    uart_powers_ = std::make_unique<UartPowers>(clock_, *journal_, rules);
    application_->set_uart_power(uart_powers_.get());
  }
}

base::Result<void> Device::connect_messages(const std::string& folder) {
  if (radio_.messages != nullptr) {
    return connect_messages(*radio_.messages, folder);
  }
  if (folder.empty()) {
    return {};
  }
  return base::make_reason("the SMS spool folder cannot be used",
                           "the messages of this modem do not pass through Attaché",
                           "leave `sms.spool` out: the modem's own network carries its messages");
}

void Device::join(std::shared_ptr<MessageExchange> exchange) {
  membership_.reset();
  exchange_ = std::move(exchange);
  if (modem::MessageService* service = radio_.messages) {
    membership_ = exchange_->join(service->own_number(), clock_.context(),
                                  [service](const sms::Deliver& message, std::chrono::minutes validity) {
                                    service->receive_message(message, validity);
                                  });
  }
}

// Messages reach other devices of the exchange first, then those of the spool folder.
base::Result<void> Device::connect_messages(modem::MessageService& service, const std::string& folder) {
  if (!folder.empty()) {
    auto spool = MessageSpool::open(folder, service, messages_, clock_, *journal_);
    if (!spool) {
      return spool.error();
    }
    spool_ = std::move(*spool);
  }
  auto pass_on = [this](const modem::SubmittedMessage& message) {
    std::string to = sms::to_text(message.submit.destination);
    bool arrived = exchange_->send(to, modem::to_deliver(message), modem::validity_of(message)) ||
                   (spool_ && spool_->pass_on(message));
    journal_->log(
        base::LogLevel::info, "sms",
        fmt::format("message to {} {}", to, arrived ? "passed on" : "sent; no device here has that number"));
  };
  auto underway = std::make_shared<std::vector<base::Alarm>>();  // The outlet's, which the modem holds.
  service.set_message_outlet([this, &service, pass_on, underway](const modem::SubmittedMessage& message) {
    auto sent = messages_.sent(message);
    if (sent && spool_) {
      spool_->sent(*sent);
    }
    std::erase_if(*underway, [](const base::Alarm& alarm) { return !alarm.pending(); });
    underway->push_back(
        clock_.call_after(service.service_options().delay, [pass_on, message] { pass_on(message); }));
  });
  return {};
}

// AT%XMODEMTRACE: the host has its OK, whatever comes of it here.
void Device::trace_as_modem(bool on) {
  if (trace_control_ == nullptr || trace_control_->state().is_on == on) {
    return;
  }
  auto told = on ? trace_control_->start({}, false) : trace_control_->stop();
  if (!told) {
    journal_->report("trace", told.error());
  }
}

void Device::add_journal_sink(base::JournalSink sink) {
  journal_->add_sink(std::move(sink));
}

void Device::add_at_port(std::unique_ptr<serial::Port> port) {
  LineSurroundings surroundings{clock_, *journal_, taps_, multiplexer_faults_, *events_, weak_from_this()};
  port = uart_powers_ ? uart_powers_->add(std::move(port)) : std::move(port);
  auto line = std::make_unique<Line>(std::move(port), lines_.size(), surroundings, flow_control_);
  auto* ppp = application_->ppp();
  if (ppp != nullptr && ppp_port_ == lines_.size() + 1) {
    ppp->set_own_line(*line);
  } else {
    line->set_user(application_->add_channel(*line));
  }
  lines_.push_back(std::move(line));
}

void Device::add_log_port(std::unique_ptr<serial::Port> port) {
  auto* log = application_->uart_log();
  journal_->add_sink([target = port.get(), level = log_level_, log,
                      form = application_->options().log_form](const base::JournalEntry& entry) {
    if (level && entry.level <= *level && (log == nullptr || log->is_on())) {
      target->write(base::to_device_line(entry, form) + "\r\n");
    }
  });
  log_ports_.push_back(std::move(port));
  if (log != nullptr && !log_tap_) {
    log_traffic(*log);
  }
}

void Device::log_traffic(dialects::UartLog& log) {
  constexpr std::size_t channels = 64;  // Of a multiplexer, and none.
  application_->set_log_uart([this](std::string_view bytes) {
    for (const auto& port : log_ports_) {
      port->write(bytes);
    }
  });
  log_tap_ = taps_.add([&log](const PortBytes& bytes) {
    if (bytes.from_device && !bytes.data_mode) {
      log.sent(dialects::UartLog::LineId(bytes.port * channels + bytes.channel), bytes.bytes);
    }
  });
}

void Device::start() {
  if (!exchange_ && radio_.messages != nullptr) {
    join(std::make_shared<MessageExchange>());
  }
  for (base::Reason& warning : std::exchange(warnings_, {})) {
    journal_->report(config_module, std::move(warning));
  }
  application_->start();
  if (events_->has_listeners()) {
    event::Ready ready{application_->options().name, {}};
    for (const auto& line : lines_) {
      ready.ports.push_back(line->port().address());
    }
    events_->tell(std::move(ready));
  }
  if (spool_) {
    base::spawn(clock_.context(), shared_from_this(), spool_->watch());
  }
  for (const auto& line : lines_) {
    base::spawn(clock_.context(), shared_from_this(), serve(*line));
  }
}

asio::awaitable<void> Device::serve(Line& line) {
  try {
    co_await line.serve();
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) {
      throw;
    }
    journal_->report(
        module, base::make_reason(base::Cause::port_lost, fmt::format("{} is lost", line.port().address()),
                                  error.code().message(), ""));
  }
  if (on_port_end_) {
    on_port_end_();
  }
}

std::vector<Device::PortState> Device::ports() const {
  std::vector<PortState> states;
  for (const auto& line : lines_) {
    states.push_back({line->port().address(), line->port().baud(), line->carries_data(), line->is_divided(),
                      line->host_lines(), line->device_lines()});
  }
  return states;
}

net::BearerControl* Device::bearer_control() {
  return bearer_control_;
}

std::shared_ptr<void> Device::listen(Events::Listener listener) {
  if (!std::exchange(tells_events_, true)) {
    begin_events();
  }
  return events_->add(std::move(listener));
}

// A device to which nobody listens does not even ask.
void Device::begin_events() {
  journal_->add_sink([events = events_](const base::JournalEntry& entry) {
    if (entry.reason) {
      events->tell(event::Failure{entry.module, *entry.reason, entry.repeats});
    }
  });
  pdn_events_ = radio_.pdn.subscribe([this](int cid, bool up) {
    auto connection = radio_.pdn.connection(cid);
    if (up && connection) {
      events_->tell(event::PdnUp{*connection});
    } else if (!up) {
      events_->tell(event::PdnDown{cid, radio_.pdn.why_down()});
    }
  });
  if (radio_.registration != nullptr) {
    registration_ = radio_.registration->registration_status();
    registration_events_ = radio_.registration->subscribe_registration([this] {
      int status = radio_.registration->registration_status();
      if (std::exchange(registration_, status) != status) {
        events_->tell(event::Registration{status});
      }
    });
  }
}

void Device::wake_up() {
  application_->wake_up();
}

dialects::CarrierSession* Device::carrier() {
  return application_->is_built(dialects::carrier_service) &&
                 application_->dialect().service(dialects::carrier_service) != nullptr
             ? &application_->session<dialects::CarrierSession>()
             : nullptr;
}

base::Result<void> Device::set_dtr(bool asserted) {
  if (auto objection = application_->objection_to_dtr()) {
    return *objection;
  }
  for (const auto& line : lines_) {
    base::HostLines lines = line->host_lines();
    lines.dtr = asserted;
    if (auto set = line->port().drive_host_lines(lines); !set) {
      return set;
    }
  }
  return {};
}

void Device::power_off(std::function<void()> done) {
  radio_.modem.execute("AT+CFUN=0", [done = std::move(done)](const modem::ModemReply&) { done(); });
}

void Device::report_fault(const base::Fault& fault) {
  journal_->report("device", fault.reason());
}

void Device::close() {
  bool was_closed = std::exchange(closed_, true);
  application_->shut_down();
  if (radio_.close) {
    radio_.close();
  }
  membership_.reset();
  if (spool_) {
    spool_->close();
  }
  for (const auto& [index, bus] : i2c_buses_) {
    bus->close();
  }
  on_port_end_ = nullptr;
  for (const auto& line : lines_) {
    line->close();
  }
  journal_->flush();
  for (const auto& port : log_ports_) {
    port->close();
  }
  if (!was_closed) {
    events_->tell(event::Ended{});
  }
}

}  // namespace attache::device
