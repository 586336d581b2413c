#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "device/device.hpp"
#include "device/steering/steering.hpp"
#include "dialects/dialects.hpp"
#include "lab/lab.hpp"
#include "net/host_network.hpp"
#include "serial/memory_port.hpp"
#include "tried_lines.hpp"

namespace attache::dialects {

/// A device of a dialect and the double of nRF Cloud of a lab, on the real clock: registered, and with the
/// credentials that it needs.
class CloudDevice {
 public:
  static constexpr auto patience = std::chrono::seconds(60);

  explicit CloudDevice(std::string_view dialect, std::vector<std::string> more_services = {},
                       const DialectOptions& options = {})
      : dialect_(dialect), line_end_(dialect.starts_with("serial") ? "\r" : "\r\n") {
    device::DeviceConfig config;
    config.dialect = options;
    config.dialect.name = dialect_;
    auto& services = config.dialect.services.emplace(std::move(more_services));
    for (const Service& service : find_dialect(dialect)->services) {
      if (service.build == Service::Build::always) {
        services.emplace_back(service.name);
      }
    }
    route(config, "coap.nrfcloud.com", "nrf-cloud-coap");
    route(config, "mqtt.nrfcloud.com", "nrf-cloud-mqtt");
    EXPECT_TRUE(device::complete(config));
    device_ = *device::Device::create(config, clock_, network_);
    device_->add_journal_sink([this](const base::JournalEntry& entry) {
      journal += base::to_device_line(entry) + "\n" + (entry.reason ? base::to_block(*entry.reason) : "");
    });
    auto made = std::make_unique<serial::MemoryPort>();
    port_ = made.get();
    device_->add_at_port(std::move(made));
    device_->start();
    EXPECT_TRUE(comes("Ready\r\n"));
    store("16842753,0", lab->ca_pem());
    store("16842753,1", lab->client().certificate_pem);
    store("16842753,2", lab->client().private_key_pem);
    store("42384,0", lab->ca_pem());
    command("AT+CFUN=1");
    for (int tries = 1000; tries > 0 && command("AT+CGPADDR=0").find('.') == std::string::npos; --tries) {
      context_.restart();
      context_.run_for(std::chrono::milliseconds(5));
    }
  }
  CloudDevice(const CloudDevice&) = delete;
  CloudDevice& operator=(const CloudDevice&) = delete;
  ~CloudDevice() {
    device_->close();
    lab->close();
    context_.restart();
    context_.poll();
  }

  /// Runs until the host has got the text; all that came up to the end of its line is taken. False if it does
  /// not come.
  bool comes(std::string_view text) {
    auto end = std::chrono::steady_clock::now() + patience;
    std::size_t at = std::string::npos;
    while ((at = received().find(text)) == std::string::npos && std::chrono::steady_clock::now() < end) {
      context_.restart();
      context_.run_for(std::chrono::milliseconds(5));
    }
    std::size_t end_of_line = at == std::string::npos ? at : received_.find('\n', at + text.size() - 1);
    answer_ = received_.substr(0, end_of_line == std::string::npos ? end_of_line : end_of_line + 1);
    received_.erase(0, answer_.size());
    return at != std::string::npos;
  }
  /// Sends a line: all that comes up to its final result.
  std::string command(std::string_view line) {
    port_->host_sends(fmt::format("{}{}", line, line_end_));
    auto end = std::chrono::steady_clock::now() + patience;
    std::size_t size = 0;
    while ((size = end_of_result()) == 0 && std::chrono::steady_clock::now() < end) {
      context_.restart();
      context_.run_for(std::chrono::milliseconds(5));
    }
    answer_ = received_.substr(0, size);
    received_.erase(0, size);
    note_tried(dialect_, line, answer_);
    return answer_;
  }
  /// What the last comes() or command() has taken.
  [[nodiscard]] const std::string& said() const { return answer_; }
  void raw(std::string_view bytes) { port_->host_sends(bytes); }
  std::string steer(std::string_view line) {
    auto done = device::steer(*device_, line);
    return done ? done->text : base::summary(done.error());
  }
  /// Connects to the cloud.
  void connect() {
    EXPECT_EQ(command("AT#XNRFCLOUD=1"), "\r\nOK\r\n");
    EXPECT_TRUE(comes("\r\n#XNRFCLOUD: 1,0\r\n")) << journal;
  }
  /// What the cloud has got, by text.
  [[nodiscard]] std::vector<std::string> messages() const {
    std::vector<std::string> texts;
    for (const auto& message : lab->cloud().messages()) {
      texts.push_back(message.text);
    }
    return texts;
  }

 private:
  /// Of what has come; 0 as long as there is none.
  std::size_t end_of_result() {
    received();
    for (std::string_view result : {"\r\nOK\r\n", "ERROR\r\n"}) {
      std::size_t at = received_.find(result);
      if (at != std::string::npos) {
        return at + result.size();
      }
    }
    return 0;
  }
  const std::string& received() { return received_ += port_->host_takes(); }

  void route(device::DeviceConfig& config, std::string_view name, std::string_view service) {
    net::Route route;
    route.from_host = name;
    route.to_host = "127.0.0.1";
    route.to_port = lab->port(service);
    config.network.routes.push_back(route);
  }
  void store(std::string_view where, std::string content) {
    content.pop_back();
    EXPECT_EQ(command(fmt::format("AT%CMNG=0,{},\"{}\"", where, content)), "\r\nOK\r\n");
  }

  boost::asio::io_context context_{1};
  base::RealClock clock_{context_};

 public:
  std::unique_ptr<lab::Lab> lab = lab::Lab::start(clock_).value();
  std::string journal;

 private:
  std::string dialect_;
  std::string line_end_;
  net::HostNetwork network_{clock_};
  std::shared_ptr<device::Device> device_;
  serial::MemoryPort* port_ = nullptr;
  std::string received_;
  std::string answer_;
};

}  // namespace attache::dialects
