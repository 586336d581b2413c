#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/logging.hpp"
#include "device/device.hpp"
#include "dialects/tried_lines.hpp"
#include "net/failure.hpp"
#include "net/memory_bearer.hpp"
#include "serial/memory_port.hpp"
#include "support/forwarding_bearer.hpp"

namespace attache::dialects {

inline const std::string ok = "\r\nOK\r\n";
inline const std::string error = "\r\nERROR\r\n";

/// One information line and OK.
inline std::string answer(std::string_view line) {
  return fmt::format("\r\n{}\r\n{}", line, ok);
}

/// A line of a table of tests: what is sent and what must come.
struct Exchange {
  std::string line;
  std::string answer;
  bool swallowed = false;  ///< The log says what the OK does not.
};
inline void PrintTo(const Exchange& exchange, std::ostream* out) {
  *out << exchange.line;
}

/// A network in memory whose connections may take their time.
class SlowBearer final : public test_support::ForwardingBearer<net::MemoryBearer> {
 public:
  explicit SlowBearer(base::Clock& clock) : ForwardingBearer(clock), clock_(clock) {}

  base::Duration connect_delay{};

  boost::asio::awaitable<net::NetResult<std::unique_ptr<net::Stream>>> connect(
      net::Endpoint to, std::optional<net::TlsOptions> tls) override {
    if (connect_delay > base::Duration::zero()) {
      co_await clock_.sleep_for(connect_delay);
    }
    auto stream = co_await net().connect(to, std::move(tls));
    co_return stream;
  }
  boost::asio::awaitable<net::NetResult<std::unique_ptr<net::DatagramSocket>>> connect_datagram(
      net::Endpoint to, std::optional<net::TlsOptions> tls, std::uint16_t device_port) override {
    if (connect_delay > base::Duration::zero()) {
      co_await clock_.sleep_for(connect_delay);
    }
    auto socket = co_await net().connect_datagram(to, std::move(tls), device_port);
    co_return socket;
  }

 private:
  base::Clock& clock_;
};

/// A device in memory whose host, server and clock are the test. "example.com" has an IPv4 address; a server
/// takes its connections unless told otherwise.
class SlmDevice {
 public:
  explicit SlmDevice(DialectOptions options = {}, std::size_t ports = 1,
                     cellular::SimOptions sim = cellular::SimOptions(),
                     const std::function<void(device::DeviceConfig&)>& configure = {}) {
    device::DeviceConfig config;
    bool sleeps = options.start_sleep;
    // A build of SLM with CMUX does not greet unless told to.
    bool has_cmux =
        options.name.starts_with("slm-") && options.services &&
        std::find(options.services->begin(), options.services->end(), "cmux") != options.services->end();
    bool is_silent = options.skips_ready.value_or(has_cmux);
    dialect = options.name;
    config.dialect = std::move(options);
    config.simulation.sim = std::move(sim);
    if (configure) {
      configure(config);
    }
    EXPECT_TRUE(device::complete(config));
    device = *device::Device::create(config, clock, [this](const device::Radio&, base::Journal&) {
      auto made = std::make_unique<SlowBearer>(clock);
      bearer = made.get();
      return made;
    });
    device->add_journal_sink([this](const base::JournalEntry& entry) { journal.push_back(entry); });
    for (std::size_t i = 0; i < ports; ++i) {
      auto port = std::make_unique<serial::MemoryPort>();
      port_list.push_back(port.get());
      device->add_at_port(std::move(port));
    }
    bearer->net().add_name("example.com", net::Family::ipv4, boost::asio::ip::make_address("192.0.2.1"));
    server_accepts();
    device->start();
    clock.settle();
    EXPECT_EQ(take(), sleeps || is_silent ? "" : "Ready\r\n");
  }

  SlmDevice(const SlmDevice&) = delete;
  SlmDevice& operator=(const SlmDevice&) = delete;

  ~SlmDevice() {
    device->close();
    clock.settle();
  }

  [[nodiscard]] serial::MemoryPort& port(std::size_t index = 0) { return *port_list.at(index); }
  std::string take(std::size_t index = 0) { return port(index).host_takes(); }

  /// Sends bytes as they are; what the device has said once nothing is left to do at this instant.
  std::string raw(std::string_view bytes, std::size_t index = 0) {
    port(index).host_sends(bytes);
    clock.settle();
    std::string answer = take(index);
    note_tried(dialect, bytes, answer);
    return answer;
  }
  /// Sends a line.
  std::string send(std::string_view line, std::size_t index = 0) {
    return raw(fmt::format("{}\r\n", line), index);
  }
  /// What has come after some time.
  std::string after(base::Duration duration, std::size_t index = 0) {
    clock.advance(duration);
    return take(index);
  }

  void server_accepts() {
    bearer->net().on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      server = std::move(made);
      return std::nullopt;
    });
  }
  void server_refuses(net::Errno code) {
    bearer->net().on_connect([code](const std::shared_ptr<net::MemoryConnection>&) {
      return net::make_failure(code, "connecting failed", "told so");
    });
  }
  /// The server sends; what the host gets of it.
  std::string server_sends(std::string_view bytes, std::size_t index = 0) {
    server->send(bytes);
    clock.settle();
    return take(index);
  }
  std::string server_closes(std::size_t index = 0) {
    server->close();
    clock.settle();
    return take(index);
  }

  /// The reasons reported since the last call.
  std::vector<base::Reason> take_reasons() {
    clock.settle();
    std::vector<base::Reason> reasons;
    for (base::JournalEntry& entry : std::exchange(journal, {})) {
      if (entry.reason) {
        reasons.push_back(std::move(*entry.reason));
      }
    }
    return reasons;
  }

  /// Everything ever said to the journal, reasons in full.
  std::string take_journal() {
    clock.settle();
    std::string text;
    for (const base::JournalEntry& entry : std::exchange(journal, {})) {
      text += base::to_device_line(entry) + "\n" + (entry.reason ? base::to_block(*entry.reason) : "");
    }
    return text;
  }

  std::string dialect;
  boost::asio::io_context context;
  base::ManualClock clock{context};
  std::shared_ptr<device::Device> device;
  SlowBearer* bearer = nullptr;
  std::vector<serial::MemoryPort*> port_list;
  std::vector<base::JournalEntry> journal;
  std::shared_ptr<net::MemoryConnection> server;
};

inline DialectOptions slm_1_6(bool strict = false) {
  DialectOptions options;
  options.strict = strict;
  return options;
}

inline DialectOptions slm_1_5(bool strict = false) {
  DialectOptions options;
  options.name = "slm-1.5";
  options.strict = strict;
  options.modem_library = "1.0.1";
  return options;
}

}  // namespace attache::dialects
